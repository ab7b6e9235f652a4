import Kernel
import SQLite
import ServiceKit

/// What happens when its time has come, and not because somebody asks: invitations expire, owners
/// hear of webhooks that were disabled, old events go.
final class InvitationsSweep: Sendable {
    private static let milliseconds = 5_000
    /// In rounds: every hour.
    private static let purgeEvery = 720

    private let task: Task<Void, Never>

    /// Starts it.
    init(
        _ useCases: InvitationsUseCases, _ workspaces: WorkspacesUseCases, _ logger: Logger
    ) {
        task = Task {
            var round = 0
            while !Task.isCancelled {
                await Self.trying("times of a clock that ran ahead stand", logger) {
                    let count = try await useCases.redate()
                    guard count > 0 else { return }
                    logger.warning(
                        "the clock has run ahead: what it dated counts as of now",
                        ["rows": "\(count)"])
                }
                await Self.trying("invitations don't expire", logger) {
                    while !Task.isCancelled, try await useCases.expireSome() > 0 {}
                }
                await Self.trying("invitations to workspaces don't expire", logger) {
                    while !Task.isCancelled, try await workspaces.expireSome() > 0 {}
                }
                await Self.trying("mails about webhooks wait", logger) {
                    try await useCases.sendNotices()
                }
                await Self.trying("deliveries of deleted webhooks are kept", logger) {
                    while !Task.isCancelled, try await useCases.purgeWebhooks() {}
                }
                if round.isMultiple(of: Self.purgeEvery) {
                    await Self.trying("old events are kept", logger) {
                        while !Task.isCancelled, try await useCases.purgeEvents() > 0 {}
                    }
                }
                round += 1
                try? await Task.sleep(for: .milliseconds(Self.milliseconds))
            }
        }
    }

    /// The longer something is overdue, the longer expiry has not worked.
    static func writeMetrics(
        _ useCases: InvitationsUseCases, _ workspaces: WorkspacesUseCases,
        _ text: inout MetricsText
    ) {
        let now = useCases.clock.now()
        let due = try? useCases.database.read { reader in
            try InvitationStore.due(1, at: now, in: reader).map(\.expiresAt)
                + WorkspaceInvitationStore.due(1, at: now, in: reader).map(\.expiresAt)
        }
        guard let due else { return }
        let late = due.min().map { now.milliseconds - $0.milliseconds } ?? 0
        text.gauge(
            "latchkey_invitations_overdue_seconds",
            "For how long the invitation that is due the longest has not expired.",
            Double(late) / 1_000)
    }

    func stop() async {
        task.cancel()
        await task.value
    }

    private static func trying(
        _ trouble: String, _ logger: Logger, _ body: () async throws -> Void
    ) async {
        do {
            try await body()
        } catch {
            logger.warning(trouble, ["error": "\(error)"])
        }
    }
}
