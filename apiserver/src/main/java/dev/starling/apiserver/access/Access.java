package dev.starling.apiserver.access;

/** The judges of a request: who asks, and may he; and by which rules. */
public record Access(Authenticator authenticator, Authorizer authorizer, RuleResolver rules) {
}
