import Contract

/// How the platform is, for its admins.
public enum HealthRoutes {
    static let group = EndpointGroup(
        "Health",
        "Whether every service answers, what waits to be delivered, and which webhooks fail. "
            + "Probes of a load balancer use `/healthz` and `/readyz`; alerts use `/metrics`.",
        [health])

    public static let health = Endpoint(
        "getHealth", .get, "/api/health",
        summary: "Get the state of every service, its outboxes and failing webhooks",
        details: "For platform admins. Asks all services at once: what one that doesn't answer "
            + "would say is missing, and the response comes all the same.",
        answers: .ok(HealthBody.self, "The state of the platform."),
        problems: [GatewayProblems.adminRequired])
}
