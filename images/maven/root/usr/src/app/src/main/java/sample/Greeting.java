package sample;

/** What the sample build compiles. */
public final class Greeting {
    private Greeting() {
    }

    public static void main(String[] args) {
        System.out.println("Built by a pod.");
    }
}
