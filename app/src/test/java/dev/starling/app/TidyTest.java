package dev.starling.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.source.tree.BlockTree;
import com.sun.source.tree.CatchTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.DoWhileLoopTree;
import com.sun.source.tree.EnhancedForLoopTree;
import com.sun.source.tree.ForLoopTree;
import com.sun.source.tree.IfTree;
import com.sun.source.tree.ImportTree;
import com.sun.source.tree.LambdaExpressionTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.SwitchTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.TryTree;
import com.sun.source.tree.WhileLoopTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;

/** The limits of style, on every source file of the build. There is no list of exceptions. */
final class TidyTest {
    private static final int MOST_FILE_LINES = 500;
    private static final int MOST_METHOD_LINES = 60;
    private static final int MOST_COLUMNS = 120;
    private static final int MOST_PARAMETERS = 5;
    private static final int MOST_NESTING = 3;
    private static final Pattern VAGUE_NAME =
            Pattern.compile(".+(Manager|Util|Utils|Helper|Impl|Data|Info)|(Abstract|Base)[A-Z].*");
    private static final Pattern PREFIXED = Pattern.compile("(get|set)[A-Z].*");
    private static final Pattern UNFINISHED = Pattern.compile("\\b(TODO|FIXME|XXX)\\b");

    private final List<String> faults = new ArrayList<>();

    @Test
    void everySourceFileKeepsTheLimits() throws IOException {
        var files = sources();
        assertTrue(files.size() > 50, "only " + files.size() + " source files were found");
        var compiler = ToolProvider.getSystemJavaCompiler();
        try (var manager = compiler.getStandardFileManager(null, null, null)) {
            var task = (JavacTask) compiler.getTask(null, manager, problem -> { }, List.of("--release", "25"), null,
                    manager.getJavaFileObjectsFromPaths(files));
            var positions = Trees.instance(task).getSourcePositions();
            for (var unit : task.parse()) {
                lines(unit);
                new Scan(unit, positions).scan(unit, 0);
            }
        }
        assertEquals("", String.join("\n", faults), faults.size() + " faults");
    }

    private static List<Path> sources() throws IOException {
        try (Stream<Path> files = Files.walk(root())) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .filter(file -> !file.toString().contains("/target/") && !file.toString().contains("/build/"))
                    .toList();
        }
    }

    private static Path root() {
        Path here = Path.of("").toAbsolutePath();
        while (!Files.exists(here.resolve("starling"))) {
            here = here.getParent();
        }
        return here;
    }

    private void lines(CompilationUnitTree unit) throws IOException {
        var lines = unit.getSourceFile().getCharContent(true).toString().lines().toList();
        if (lines.size() > MOST_FILE_LINES) {
            fault(unit, lines.size(), "the file has more than " + MOST_FILE_LINES + " lines");
        }
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).length() > MOST_COLUMNS) {
                fault(unit, i + 1, "the line has " + lines.get(i).length() + " columns");
            }
            if (UNFINISHED.matcher(lines.get(i)).find() && !lines.get(i).contains("Pattern.compile")) {
                fault(unit, i + 1, "something is left to do");
            }
        }
    }

    private void fault(CompilationUnitTree unit, long line, String what) {
        faults.add(root().relativize(Path.of(unit.getSourceFile().toUri())) + ":" + line + ": " + what);
    }

    /** Walks one file; the argument is how deep in control statements a node stands. */
    private final class Scan extends TreeScanner<Void, Integer> {
        private final CompilationUnitTree unit;
        private final SourcePositions positions;
        private boolean inRecord; // a record's constructor repeats its components

        Scan(CompilationUnitTree unit, SourcePositions positions) {
            this.unit = unit;
            this.positions = positions;
        }

        private long line(Tree tree) {
            return unit.getLineMap().getLineNumber(positions.getStartPosition(unit, tree));
        }

        private Integer deeper(Tree tree, int depth) {
            if (depth + 1 > MOST_NESTING) {
                fault(unit, line(tree), "nesting is deeper than " + MOST_NESTING);
            }
            return depth + 1;
        }

        @Override
        public Void visitClass(ClassTree tree, Integer depth) {
            String name = tree.getSimpleName().toString();
            if (VAGUE_NAME.matcher(name).matches()) {
                fault(unit, line(tree), "the name " + name + " says too little");
            }
            boolean outer = inRecord;
            inRecord = tree.getKind() == Tree.Kind.RECORD;
            super.visitClass(tree, 0);
            inRecord = outer;
            return null;
        }

        @Override
        public Void visitMethod(MethodTree tree, Integer depth) {
            long end = unit.getLineMap().getLineNumber(Math.max(positions.getEndPosition(unit, tree), 1));
            if (end - line(tree) + 1 > MOST_METHOD_LINES) {
                fault(unit, line(tree), tree.getName() + " has more than " + MOST_METHOD_LINES + " lines");
            }
            boolean ofRecord = inRecord && tree.getName().contentEquals("<init>");
            boolean overrides = tree.getModifiers().getAnnotations().toString().contains("Override");
            if (tree.getParameters().size() > MOST_PARAMETERS && !overrides && !ofRecord) {
                fault(unit, line(tree), tree.getName() + " takes " + tree.getParameters().size() + " parameters");
            }
            if (PREFIXED.matcher(tree.getName()).matches() && !overrides) {
                fault(unit, line(tree), tree.getName() + " has a get or set prefix");
            }
            return super.visitMethod(tree, 0);
        }

        @Override
        public Void visitLambdaExpression(LambdaExpressionTree tree, Integer depth) {
            return super.visitLambdaExpression(tree, 0);
        }

        @Override
        public Void visitIf(IfTree tree, Integer depth) {
            int inner = deeper(tree, depth);
            scan(tree.getCondition(), depth);
            scan(tree.getThenStatement(), inner);
            boolean chain = tree.getElseStatement() instanceof IfTree;
            return scan(tree.getElseStatement(), chain ? depth : inner);
        }

        @Override
        public Void visitForLoop(ForLoopTree tree, Integer depth) {
            return super.visitForLoop(tree, deeper(tree, depth));
        }

        @Override
        public Void visitEnhancedForLoop(EnhancedForLoopTree tree, Integer depth) {
            return super.visitEnhancedForLoop(tree, deeper(tree, depth));
        }

        @Override
        public Void visitWhileLoop(WhileLoopTree tree, Integer depth) {
            return super.visitWhileLoop(tree, deeper(tree, depth));
        }

        @Override
        public Void visitDoWhileLoop(DoWhileLoopTree tree, Integer depth) {
            return super.visitDoWhileLoop(tree, deeper(tree, depth));
        }

        @Override
        public Void visitSwitch(SwitchTree tree, Integer depth) {
            return super.visitSwitch(tree, deeper(tree, depth));
        }

        @Override
        public Void visitTry(TryTree tree, Integer depth) {
            return super.visitTry(tree, deeper(tree, depth));
        }

        @Override
        public Void visitCatch(CatchTree tree, Integer depth) {
            BlockTree block = tree.getBlock();
            String text = text(block).strip();
            if (text.replaceAll("[{}\\s]", "").isEmpty()) {
                fault(unit, line(tree), "an exception is swallowed without a word why");
            }
            return super.visitCatch(tree, depth);
        }

        private String text(Tree tree) {
            try {
                return unit.getSourceFile().getCharContent(true).subSequence(
                        (int) positions.getStartPosition(unit, tree),
                        (int) positions.getEndPosition(unit, tree)).toString();
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }

        @Override
        public Void visitMethodInvocation(MethodInvocationTree tree, Integer depth) {
            if (tree.getMethodSelect() instanceof MemberSelectTree called
                    && called.getIdentifier().contentEquals("sleep")) {
                fault(unit, line(tree), "it sleeps");
            }
            return super.visitMethodInvocation(tree, depth);
        }

        @Override
        public Void visitImport(ImportTree tree, Integer depth) {
            if (tree.getQualifiedIdentifier().toString().endsWith(".*")) {
                fault(unit, line(tree), "a star import");
            }
            return super.visitImport(tree, depth);
        }
    }
}
