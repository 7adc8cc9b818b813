package dev.starling.schemas;

import com.google.gson.annotations.SerializedName;
import io.swagger.annotations.ApiModel;
import io.swagger.annotations.ApiModelProperty;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** One class of the model library as its annotations describe it. */
record ModelClass(Class<?> type, String description, List<Property> properties) {
    static final String PACKAGE = "io.kubernetes.client.openapi.models.";

    record Property(String name, Type type, String description, boolean required) {}

    static ModelClass of(String className) {
        try {
            return of(Class.forName(PACKAGE + className));
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException("the model library has no class " + className, e);
        }
    }

    static boolean exists(String className) {
        return ModelClass.class.getClassLoader()
                .getResource((PACKAGE + className).replace('.', '/') + ".class") != null;
    }

    static ModelClass of(Class<?> type) {
        Map<String, ApiModelProperty> texts = new LinkedHashMap<>();
        for (Method method : type.getDeclaredMethods()) {
            ApiModelProperty text = method.getAnnotation(ApiModelProperty.class);
            if (text != null) {
                texts.put(plain(method.getName().replaceFirst("^(get|is)", "")), text);
            }
        }
        List<Property> properties = new ArrayList<>();
        for (Field field : type.getDeclaredFields()) {
            SerializedName name = field.getAnnotation(SerializedName.class);
            if (name != null) {
                ApiModelProperty text = texts.get(plain(field.getName()));
                if (text == null) {
                    throw new IllegalStateException(type.getSimpleName() + "." + name.value() + " has no text");
                }
                properties.add(new Property(name.value(), field.getGenericType(), text.value(), text.required()));
            }
        }
        ApiModel model = type.getAnnotation(ApiModel.class);
        return new ModelClass(type, model == null ? "" : model.description(), properties);
    }

    private static String plain(String name) {
        return name.replace("_", "").toLowerCase(Locale.ROOT);
    }

    /** The model classes that this one's properties name, directly or as elements. */
    List<String> references() {
        List<String> names = new ArrayList<>();
        properties.forEach(property -> collect(property.type(), names));
        return names;
    }

    private static void collect(Type type, List<String> names) {
        if (type instanceof ParameterizedType parameterized) {
            for (Type argument : parameterized.getActualTypeArguments()) {
                collect(argument, names);
            }
        } else if (type instanceof Class<?> plain && plain.getName().startsWith(PACKAGE)) {
            names.add(plain.getSimpleName());
        }
    }
}
