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
        let clock = SystemClock()
        let neighbours = [
            Alone.Neighbour(
                "entities", asked,
                [
                    (InternalEvent.deliver, "event-receipt"),
                    (AuditRoutes.tail, "audit-tail-answer"),
                ]),
            Alone.Neighbour(
                "invitations", invitations ?? Asked(),
                [
                    (InvitationQueries.view, viewed), (InvitationQueries.ask, viewed),
                    (InvitationQueries.answer, answered),
                    (InternalEvent.deliver, "event-receipt"),
                ]),
        ]
        let extra = [
            "LATCHKEY_INTERNAL_PORT": "0", "LATCHKEY_INTERNAL_SECRET": secret,
            "LATCHKEY_ADMIN_TOKEN": admin,
        ]
        try await Alone.run(neighbours, extra, clock: clock) { settings, common, runtime in
            var configuration = GatewaySettings(&settings, common)
            configuration.organizationsURL = nil
            configuration.integrationsURL = nil
            if invitations == nil { configuration.invitationsURL = nil }
            return try await makeGateway(configuration, runtime)
        } _: { service, _ in
            try await body(
                service,
                IdentitySigner(issuer: "entities", secret: Array(secret.utf8), clock: clock))
        }
    }
}
