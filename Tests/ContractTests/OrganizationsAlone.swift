import Contract
import EntitiesContract
import EventLoop
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
        let folder = try TemporaryFolder()
        let group = EventLoopGroup(count: 1)
        let runtime = Runtime(
            group: group, logger: Logger(service: "test", level: .error), clock: FakeClock())
        let gateway = try await FakeNeighbour.start(
            "gateway",
            [
                (DirectoryQueries.lookUpUsers, "directory-answer"),
                (DirectoryQueries.findUsers, "find-users-answer"),
            ], asked, runtime)
        let entities = try await FakeNeighbour.start(
            "entities",
            [(EntityQueries.standing, standing), (InternalEvent.deliver, "event-receipt")], asked,
            runtime)
        var settings = Settings([
            "LATCHKEY_PORT": "0", "LATCHKEY_DATA_DIR": folder.path,
            "LATCHKEY_INTERNAL_SECRET": Cast.secret,
            "LATCHKEY_GATEWAY_URL": "http://127.0.0.1:\(gateway.port)",
            "LATCHKEY_ENTITIES_URL": "http://127.0.0.1:\(entities.port)",
        ])
        let common = CommonSettings(&settings, defaultPort: 0)
        let service = try await makeOrganizations(
            OrganizationsSettings(&settings, common), runtime, remote: remote)
        let result: Result<Void, any Error>
        do {
            try await body(APIClient(port: service.port))
            result = .success(())
        } catch {
            result = .failure(error)
        }
        await service.stop()
        await gateway.drain(milliseconds: 100)
        await entities.drain(milliseconds: 100)
        group.stop()
        try result.get()
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
