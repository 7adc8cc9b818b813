package dev.starling.node.runtime;

/** How a registry knows the caller. The password is never printed. */
public record RegistryCredentials(String username, String password, String identityToken) {
    public static final RegistryCredentials ANONYMOUS = new RegistryCredentials("", "", "");

    public boolean anonymous() {
        return equals(ANONYMOUS);
    }

    @Override
    public String toString() {
        return "RegistryCredentials[username=" + username + "]";
    }
}
