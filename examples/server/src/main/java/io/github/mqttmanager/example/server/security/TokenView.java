package io.github.mqttmanager.example.server.security;

/** A token as the API gives it out, with the seconds until it ends. */
record TokenView(String accessToken, String tokenType, long expiresIn) {
    @Override
    public String toString() {
        return "TokenView[hidden]";
    }
}
