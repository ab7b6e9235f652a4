import EventLoop
import InvitationsContract
import Kernel
import SQLite
import Synchronization
import TestSupport
import Testing
import Webhooks
import WriteKit

@testable import Collaboration
@testable import Invitations
@testable import Inviting
@testable import PublicEvents
@testable import Workspaces

/// Refuses what begins with `http://private`.
struct FakeTargets: WebhookTargets {
    func check(_ url: String, for owner: String, pointer: String) async throws(Fault) {
        guard !url.hasPrefix("http://private") else {
            throw .invalid(pointer, "must not lead to a private address")
        }
    }
}

/// Receivers that a test rules: what they get, and what they answer.
final class FakeReceivers: WebhookSending {
    struct Got: Sendable {
        let url: String
        let message: WebhookMessage
    }

    private struct State {
        var got: [Got] = []
        /// By the URL; others answer 204.
        var outcomes: [String: WebhookOutcome] = [:]
        /// By the URL; the others' have neither fields nor a body.
        var responses: [String: WebhookResponse] = [:]
        var isSilent: Set<String> = []
        var unanswered: [String: [CheckedContinuation<Void, Never>]] = [:]
        var together: [String: Int] = [:]
        var mostTogether: [String: Int] = [:]
    }

    private let state = Mutex(State())

    var got: [Got] { state.withLock { $0.got } }
    func ids(at url: String) -> [String] { got.filter { $0.url == url }.map(\.message.id) }
    /// How many messages were on their way to it at once.
    func mostTogether(at url: String) -> Int { state.withLock { $0.mostTogether[url] ?? 0 } }

    func set(_ url: String, _ outcome: WebhookOutcome?) {
        state.withLock { $0.outcomes[url] = outcome }
    }

    /// What comes with its status.
    func set(_ url: String, _ response: WebhookResponse) {
        state.withLock {
            $0.outcomes[url] = .answered(status: response.status, retryAfter: nil)
            $0.responses[url] = response
        }
    }

    /// Whether it never answers.
    func setSilent(_ url: String, _ isSilent: Bool) {
        let answered = state.withLock { state in
            if isSilent {
                state.isSilent.insert(url)
                return [CheckedContinuation<Void, Never>]()
            }
            state.isSilent.remove(url)
            return state.unanswered.removeValue(forKey: url) ?? []
        }
        for continuation in answered { continuation.resume() }
    }

    func send(
        _ message: WebhookMessage, to url: WebhookURL, for owner: String
    ) async -> WebhookResult {
        let url = url.text
        state.withLock { state in
            state.got.append(Got(url: url, message: message))
            let count = (state.together[url] ?? 0) + 1
            state.together[url] = count
            state.mostTogether[url] = max(state.mostTogether[url] ?? 0, count)
        }
        await Task.yield()
        // As the network does it, it takes no notice of being cancelled.
        await withCheckedContinuation { continuation in
            let isSilent = state.withLock { state in
                guard state.isSilent.contains(url) else { return false }
                state.unanswered[url, default: []].append(continuation)
                return true
            }
            if !isSilent { continuation.resume() }
        }
        return state.withLock { state in
            state.together[url]? -= 1
            let outcome = state.outcomes[url] ?? .answered(status: 204, retryAfter: nil)
            guard case .answered(let status, _) = outcome else { return WebhookResult(outcome) }
            return WebhookResult(
                outcome, response: state.responses[url] ?? WebhookResponse(status: status))
        }
    }
}

extension FakeTicks {
    var time: DeliverySlots.Time {
        DeliverySlots.Time(now: { self.now }, sleep: { await self.sleep(until: $0) })
    }
}

extension World {
    /// A webhook of a user.
    @discardableResult
    func webhook(
        _ url: String = "https://hooks.example/in", in scope: FeedScope? = nil,
        events: [String] = InvitationEvents.all + WorkspaceEvents.all,
        isEnabled: Bool = true, by owner: Caller
    ) async throws -> Webhook {
        later()
        let draft = try WebhookDraft(
            in: scope ?? .own(userId: owner.userId), url: url, events: events,
            isEnabled: isEnabled)
        return try await webhooks.createWebhook(draft, by: owner).commit().webhook
    }

    /// Tries what is due at a webhook once, one after the other, with the same outcome.
    /// - Returns: the events, in the order in which they were tried.
    @discardableResult
    func deliver(
        _ webhook: Webhook, _ outcome: DeliveryOutcome = .answered(status: 204, retryAfter: nil),
        _ schedule: DeliverySchedule = DeliverySchedule(),
        returning response: WebhookResponse? = nil
    ) async throws -> [PublicEvent] {
        guard let batch = try webhooks.dueDeliveries(at: webhook.id, limit: 100) else { return [] }
        for due in batch.due {
            _ = try await webhooks.record(
                outcome, attempt(at: batch.webhook, returning: response), of: due.delivery,
                to: batch.webhook, schedule, chance: 0)
        }
        return batch.due.map(\.event)
    }

    /// An attempt that took 12 ms.
    func attempt(
        at webhook: Webhook, returning response: WebhookResponse? = nil
    ) -> DeliveryAttempt {
        DeliveryAttempt(
            url: webhook.url, at: clock.now(), milliseconds: 12, response: response)
    }

    func deliveries(of webhook: Webhook, by owner: Caller) throws -> [Delivery] {
        try webhooks.listDeliveries(
            of: webhook.id, nil, PageRequest(size: 100), by: owner
        ).items
    }

    /// What a user's feed has of invitations, collaborators and workspaces.
    func feed(
        in scope: FeedScope? = nil, type: String = "*", after: Int = 0, limit: Int = 100,
        by caller: Caller
    ) async throws -> EventPage {
        let page = try await webhooks.listEvents(
            in: scope ?? .own(userId: caller.userId),
            EventFilter(pattern: EventPattern(text: type)), after: after, limit: limit, by: caller)
        return page
    }

    /// The numbers of events, in order; without those of webhooks, which tests create themselves.
    func numbers(_ isWanted: (PublicEvent) -> Bool = { _ in true }) throws -> [Int] {
        try database.read { db in
            try EventStore.numbers(in: .platform, after: 0, limit: .max, db)
                .compactMap { try EventStore.find($0, in: db) }
        }.filter { !$0.type.hasPrefix("webhook.") && isWanted($0) }.map(\.number)
    }

    /// The places of events among all, from 1.
    func places(of events: [PublicEvent]) throws -> [Int] {
        let numbers = try numbers()
        return events.compactMap { numbers.firstIndex(of: $0.number) }.map { $0 + 1 }
    }

    func mailsAbout(_ id: String) throws -> Int {
        try database.read { reader in
            try reader.row("SELECT count(*) FROM mails WHERE about = ?1", .text(id)) {
                Int($0.int(0))
            } ?? 0
        }
    }
}
