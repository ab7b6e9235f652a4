import Contract
import EntitiesContract
import GatewayContract
import Kernel
import Organizations
import ServiceKit
import TestSupport

/// The organizations service in this process, with neighbours that respond with the goldens.
enum OrganizationsAlone {
    /// - Parameters:
    ///   - standing: the golden of the caller's relation to every entity.
    ///   - remote: replaces the neighbours.
    static func run(
        _ asked: Asked, standing: String = "entity-standing-answer",
        remote: OrganizationsRemote? = nil, _ body: (APIClient) async throws -> Void
    ) async throws {
        let neighbours = [
            Alone.Neighbour(
                "gateway", asked,
                [
                    (DirectoryQueries.lookUpUsers, "directory-answer"),
                    (DirectoryQueries.findUsers, "find-users-answer"),
                ]),
            Alone.Neighbour(
                "entities", asked,
                [
                    (EntityQueries.standing, standing),
                    (EntityQueries.externalIds, "entity-external-ids-answer"),
                    (InternalEvent.deliver, "event-receipt"),
                ]),
        ]
        try await Alone.run(neighbours) {
            try await makeOrganizations(OrganizationsSettings(&$0, $1), $2, remote: remote)
        } _: { service, _ in
            try await body(APIClient(port: service.port))
        }
    }

    /// Acme, owned by the caller, with the goldens' id.
    static func acme(
        _ api: APIClient, _ asked: Asked, by caller: Caller
    ) async throws -> String {
        let id = try await organization(api, "Acme", by: caller)
        asked.call(id, Cast.organization)
        return "/api/organizations/\(id)"
    }

    static func organization(
        _ api: APIClient, _ name: String, by caller: Caller
    ) async throws -> String {
        let made = try await api.call(
            "POST", "/api/organizations", body: #"{"name":"\#(name)"}"#,
            fields: [Cast.identity(of: caller, for: "organizations")])
        guard made.status == 201, let id = made["id"] else { throw NotMade(text: made.text) }
        return id
    }

    struct NotMade: Error { let text: String }
}
