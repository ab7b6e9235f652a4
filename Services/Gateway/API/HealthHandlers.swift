import Contract
import GatewayContract
import HTTPCore
import InvitationsContract
import Kernel
import ServiceKit

/// `GET /api/health`: what every service reports of itself, for platform admins.
struct HealthHandlers: Sendable {
    /// Milliseconds that a service has: the page shows the others all the same.
    private static let patience = 2_000

    /// The gateway's own.
    let maintenance: Maintenance
    /// The others, by name, in order.
    let services: [(name: String, client: ServiceClient)]

    var routes: [Route] { [.later(HealthRoutes.health) { try await get($0) }] }

    private func get(_ request: RequestContext) async throws -> Response {
        try UserPolicy.requireAdmin(request.caller)
        async let webhooks = failingWebhooks()
        let reports = await reports()
        let own = try await maintenance.report()
        return .json(
            HealthBody(
                services: [ServiceHealthBody(name: "gateway", own)]
                    + services.map { ServiceHealthBody(name: $0.name, reports[$0.name]) },
                failingWebhooks: await webhooks))
    }

    /// Of those that answer.
    private func reports() async -> [String: OutboxesReply] {
        await withTaskGroup(of: (String, OutboxesReply?).self) { group in
            for (name, client) in services {
                group.addTask {
                    let reply = try? await client.call(
                        MaintenanceRoutes.outboxes, OutboxesQuery(), as: OutboxesReply.self,
                        limit: Self.patience)
                    return (name, reply)
                }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
    }

    private func failingWebhooks() async -> [FailingWebhookBody]? {
        guard let client = services.first(where: { $0.name == "invitations" })?.client else {
            return nil
        }
        let reply = try? await client.call(
            FailingWebhooks.list, FailingWebhooksQuery(), as: FailingWebhooksReply.self,
            limit: Self.patience)
        return reply?.webhooks.prefix(HealthBody.mostWebhooks).map(FailingWebhookBody.init)
    }
}

extension FailingWebhookBody {
    fileprivate init(_ hook: FailingWebhook) {
        self.init(
            id: hook.id, ownerId: hook.ownerId, url: hook.url, enabled: hook.enabled,
            disabledReason: hook.disabledReason?.rawValue, failingSince: hook.failingSince,
            pending: hook.pending, attempts: hook.attempts, lastStatus: hook.lastStatus,
            lastError: hook.lastError)
    }
}
