import Contract
import GatewayContract
import Integrations
import Kernel
import ServiceKit
import TestSupport
import Testing

/// The integrations service in this process; the golden files stand in for the gateway.
enum IntegrationsAlone {
    /// - Parameter body: gets the service and the fake gateway, which is unavailable once drained.
    static func run(
        _ asked: Asked, _ body: (APIClient, APIServer) async throws -> Void
    ) async throws {
        let gateway = Alone.Neighbour(
            "gateway", asked,
            [
                (DirectoryQueries.lookUpUsers, "directory-answer"),
                (DirectoryQueries.findUsers, "find-users-answer"),
            ])
        try await Alone.run([gateway]) {
            try await makeIntegrations(IntegrationsSettings(&$0, $1), $2)
        } _: { service, neighbours in
            try await body(
                APIClient(port: service.port), try #require(neighbours["gateway"]))
        }
    }

    static func identity(
        _ caller: Caller, isAdmin: Bool = false
    ) -> [String] {
        let caller = Caller(
            userId: caller.userId, isAdmin: isAdmin, tokenId: caller.tokenId)
        return [Cast.identity(of: caller, for: "integrations"), Cast.request]
    }

    /// Creates the caller's integration with the id of the golden files and returns its path.
    static func crm(
        _ api: APIClient, _ asked: Asked, by identity: [String]
    ) async throws -> String {
        let made = try await api.call(
            "POST", "/api/integrations", body: #"{"name":"CRM"}"#, fields: identity)
        let id = try #require(made["id"], "\(made.text)")
        asked.call(id, Cast.integration)
        return "/api/integrations/\(id)"
    }

    /// Creates the team of the golden files with the caller as admin and returns its path.
    static func analytics(_ api: APIClient, by identity: [String]) async throws -> String {
        let made = try await api.call(
            "POST", "/api/teams", body: #"{"name":"Analytics Team","id":"analytics"}"#,
            fields: identity)
        try #require(made.status == 201, "\(made.text)")
        return "/api/teams/analytics"
    }

    /// The member of the team, the only user that the directory knows.
    static func join(_ api: APIClient, _ team: String, by identity: [String]) async throws {
        let added = try await api.call("PUT", team + "/members/ada", fields: identity)
        try #require(added.status == 201, "\(added.text)")
    }
}
