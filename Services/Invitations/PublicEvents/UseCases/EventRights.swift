import EventLoop
import GatewayClient
import InvitationsContract
import Kernel
import Synchronization

/// The organizations context.
package protocol Organizations: Sendable {
    /// Whether the user is an owner or admin of the organization now.
    func isAdmin(_ userId: String, of organizationId: String) async throws -> Bool
    /// The ids of those that exist, by their external ids.
    func ids(ofOrganizations externalIds: [String]) async throws -> [String: String]
}

/// Who can have the events of a scope. Other contexts decide it, and it can end at any time: it is
/// asked before messages are sent and before a feed is read, and answers count for some seconds.
package final class EventRights: Sendable {
    /// Milliseconds for which an answer counts, and with that how long a former admin still
    /// receives something.
    package static let lifetime = 5_000
    /// With more answers than these, old ones are forgotten.
    private static let kept = 1_000

    private struct Question: Hashable {
        let userId: String
        let scope: FeedScope
    }

    private struct Answer {
        let isYes: Bool
        let until: Ticks
    }

    private let directory: any Directory
    private let organizations: any Organizations
    private let lifetime: Int
    private let answers = Mutex<[Question: Answer]>([:])

    init(directory: any Directory, organizations: any Organizations, lifetime: Int) {
        self.lifetime = lifetime
        self.directory = directory
        self.organizations = organizations
    }

    /// - Throws: 403 if the caller can't have the events of the scope.
    func require(_ scope: FeedScope, for caller: Caller) async throws {
        switch scope {
        case .own: return
        case .organization:
            guard try await allow(caller.userId, scope) else {
                throw Fault(WebhookProblems.notOrganizationAdmin)
            }
        case .platform: try caller.require(scopes: [Self.platformScope])
        }
    }

    private static let platformScope = "events:read"

    /// Whether a user may receive the events of a scope.
    func allow(_ userId: String, _ scope: FeedScope) async throws -> Bool {
        if case .own = scope { return true }
        let (question, now) = (Question(userId: userId, scope: scope), Ticks.now)
        if let known = answers.withLock({ $0[question] }), now < known.until { return known.isYes }
        let isYes = try await ask(question)
        answers.withLock { answers in
            if answers.count >= Self.kept { answers = answers.filter { now < $0.value.until } }
            answers[question] = Answer(
                isYes: isYes, until: now.adding(milliseconds: lifetime))
        }
        return isYes
    }

    private func ask(_ question: Question) async throws -> Bool {
        switch question.scope {
        case .own: true
        case .organization(let id): try await organizations.isAdmin(question.userId, of: id)
        case .platform: try await directory.isPlatformAdmin(question.userId)
        }
    }
}
