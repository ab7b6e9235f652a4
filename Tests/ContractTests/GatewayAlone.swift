import Contract
import EventLoop
import Gateway
import HTTPCore
import HTTPServer
import InvitationsContract
import Kernel
import ServiceKit
import TestSupport

/// The gateway in this process, with services that answer from the goldens.
enum GatewayAlone {
    static let secret = String(repeating: "s", count: 32)
    static let admin = APIToken.make(prefix: APIToken.keyPrefix, random: SeededRandom(seed: 7))

    /// - Parameters:
    ///   - invitations: records the calls to the invitations service; nil: not configured.
    ///   - viewed: the golden reply for a link's view.
    ///   - answered: the golden reply for a response to an invitation.
    ///   - body: gets the gateway and the entities service's signer.
    static func run(
        _ asked: Asked, invitations: Asked? = nil,
        viewed: String = "invitation-view-answer",
        answered: String = "invitation-view-answer-accepted",
        _ body: (GatewayService, IdentitySigner) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        let group = EventLoopGroup(count: 1)
        let runtime = Runtime(group: group, logger: Logger(service: "test", level: .error))
        let upstream = try await FakeNeighbour.start(
            "entities",
            [(InternalEvent.deliver, "event-receipt"), (AuditRoutes.tail, "audit-tail-answer")],
            asked, runtime)
        let links = try await FakeNeighbour.start(
            "invitations",
            [
                (InvitationQueries.view, viewed),
                (InvitationQueries.answer, answered), (InternalEvent.deliver, "event-receipt"),
            ], invitations ?? Asked(), runtime)
        var settings = Settings([
            "LATCHKEY_PORT": "0", "LATCHKEY_INTERNAL_PORT": "0", "LATCHKEY_DATA_DIR": folder.path,
            "LATCHKEY_INTERNAL_SECRET": secret, "LATCHKEY_ADMIN_TOKEN": admin,
            "LATCHKEY_ENTITIES_URL": "http://127.0.0.1:\(upstream.port)",
            "LATCHKEY_INVITATIONS_URL": "http://127.0.0.1:\(links.port)",
        ])
        let common = CommonSettings(&settings, defaultPort: 0)
        var configuration = GatewaySettings(&settings, common)
        configuration.organizationsURL = nil
        configuration.integrationsURL = nil
        if invitations == nil { configuration.invitationsURL = nil }
        let service = try await makeGateway(configuration, runtime)
        let signer = IdentitySigner(
            issuer: "entities", secret: Array(secret.utf8), clock: runtime.clock)
        let result: Result<Void, any Error>
        do {
            try await body(service, signer)
            result = .success(())
        } catch {
            result = .failure(error)
        }
        await service.stop()
        await upstream.drain(milliseconds: 100)
        await links.drain(milliseconds: 100)
        group.stop()
        try result.get()
    }
}
