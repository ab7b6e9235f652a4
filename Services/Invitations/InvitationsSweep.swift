import Collaboration
import Kernel
import PublicEvents
import SQLite
import ServiceKit
import Workspaces

/// Periodic work: expires invitations, e-mails the owners of disabled webhooks, deletes the
/// deliveries of deleted ones.
final class InvitationsSweep: Sendable {
    private static let milliseconds = 5_000

    private let task: Task<Void, Never>

    /// Starts it.
    init(_ context: InvitationsContext, _ logger: Logger) {
        task = Task {
            while !Task.isCancelled {
                await Self.trying("correcting times after a clock ran ahead failed", logger) {
                    let count = try await context.redate()
                    guard count > 0 else { return }
                    logger.warning(
                        "the clock ran ahead: corrected the times it wrote",
                        ["rows": "\(count)"])
                }
                await Self.trying("expiring invitations failed", logger) {
                    while !Task.isCancelled, try await context.invitations.expireSome() > 0 {}
                }
                await Self.trying("expiring workspace invitations failed", logger) {
                    while !Task.isCancelled, try await context.workspaces.expireSome() > 0 {}
                }
                await Self.trying("sending e-mails about disabled webhooks failed", logger) {
                    try await context.webhooks.sendNotices()
                }
                await Self.trying("deleting deliveries of deleted webhooks failed", logger) {
                    while !Task.isCancelled, try await context.webhooks.purgeWebhooks() {}
                }
                try? await Task.sleep(for: .milliseconds(Self.milliseconds))
            }
        }
    }

    /// Shows for how long expiry has not worked.
    static func writeMetrics(_ context: InvitationsContext, _ text: inout MetricsText) {
        let now = context.clock.now()
        let due = try? context.database.read { reader in
            [
                try InvitationsUseCases.firstDue(at: now, in: reader),
                try WorkspacesUseCases.firstDue(at: now, in: reader),
            ].compactMap { $0 }
        }
        guard let due else { return }
        let late = due.min().map { now.milliseconds - $0.milliseconds } ?? 0
        text.gauge(
            "latchkey_invitations_overdue_seconds",
            "Seconds by which expiring the oldest due invitation is late.",
            Double(late) / 1_000)
    }

    func stop() async {
        task.cancel()
        await task.value
    }

    private static func trying(
        _ message: String, _ logger: Logger, _ body: () async throws -> Void
    ) async {
        do {
            try await body()
        } catch {
            logger.warning(message, ["error": "\(error)"])
        }
    }
}
