import Contract
import Entities
import EventLoop
import GatewayContract
import InvitationsContract
import Kernel
import OrganizationsContract
import ServiceKit
import TestSupport

/// The entities service in this process; other services reply from the golden files.
enum EntitiesAlone {
    static let secret = Cast.secret
    static let caller = Caller(userId: "usr_01KF0000000000000000000009")

    /// - Parameters:
    ///   - found: the golden file of the users whom a caller names.
    ///   - membership: the golden file of the membership reply.
    ///   - collaborating: the suffix of the golden files of collaborations.
    ///   - invitations: records the queries to the invitations service.
    ///   - isAway: whether the organizations service is unavailable.
    ///   - port: the port of a replacement for the organizations and invitations services.
    ///   - isInvitationsAway: whether the invitations service is unavailable.
    ///   - body: gets the service and the identity header of `caller`.
    static func run(
        _ asked: Asked, found: String = "find-users-answer",
        membership: String = "membership-answer", collaborating: String = "-none",
        invitations: Asked = Asked(), isAway: Bool = false, isInvitationsAway: Bool = false,
        neighboursAt port: UInt16? = nil, _ body: (APIClient, [String]) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        let group = EventLoopGroup(count: 1)
        // Identities expire after 30 s, which a slow test may exceed.
        let runtime = Runtime(
            group: group, logger: Logger(service: "test", level: .error), clock: FakeClock())
        let gateway = try await FakeNeighbour.start(
            "gateway",
            [
                (DirectoryQueries.lookUpUsers, "directory-answer"),
                (DirectoryQueries.findUsers, found),
            ], asked, runtime)
        let organizations = try await FakeNeighbour.start(
            "organizations",
            [
                (OrganizationQueries.storeAccess, "store-access-answer"),
                (OrganizationQueries.storeEntities, "store-entities-answer"),
                (OrganizationQueries.colleagues, "colleagues-answer"),
                (OrganizationQueries.membership, membership),
                (InternalEvent.deliver, "event-receipt"),
            ], asked, runtime)
        let collaborators = try await FakeNeighbour.start(
            "invitations",
            [
                (InvitationQueries.collaborations, "collaborations-answer\(collaborating)"),
                (InvitationQueries.entities, "collaborator-entities-answer\(collaborating)"),
                (AuditRoutes.tail, "audit-tail-entity-answer"),
                (InternalEvent.deliver, "event-receipt"),
            ], invitations, runtime)
        var settings = Settings([
            "LATCHKEY_PORT": "0", "LATCHKEY_DATA_DIR": folder.path,
            "LATCHKEY_INTERNAL_SECRET": secret,
            "LATCHKEY_GATEWAY_URL": "http://127.0.0.1:\(gateway.port)",
            "LATCHKEY_ORGANIZATIONS_URL":
                "http://127.0.0.1:\(port ?? (isAway ? Ports.next() : organizations.port))",
            "LATCHKEY_INVITATIONS_URL":
                "http://127.0.0.1:"
                + "\(port ?? (isInvitationsAway ? Ports.next() : collaborators.port))",
        ])
        let common = CommonSettings(&settings, defaultPort: 0)
        let service = try await makeEntities(EntitiesSettings(&settings, common), runtime)
        let identity = Cast.identity(of: caller, for: "entities")
        let result: Result<Void, any Error>
        do {
            try await body(APIClient(port: service.port), [identity])
            result = .success(())
        } catch {
            result = .failure(error)
        }
        await service.stop()
        await gateway.drain(milliseconds: 100)
        await organizations.drain(milliseconds: 100)
        await collaborators.drain(milliseconds: 100)
        group.stop()
        try result.get()
    }
}
