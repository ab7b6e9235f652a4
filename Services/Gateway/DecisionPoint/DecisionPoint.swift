import Contract
import EntitiesContract
import GatewayContract
import IntegrationsContract
import InvitationsContract
import Kernel
import OrganizationsContract
import SQLite
import ServiceKit

/// The decision point of AuthZEN. Users are known here; what they can do is decided by the context
/// that owns the thing in question, which is asked once for all questions of a request.
struct DecisionPoint: Sendable {
    /// A kind of resource, and the context that owns it.
    struct Kind: Sendable {
        let type: String
        let actions: [String]
        let service: String

        static let all = [
            Kind(type: EntityDecisions.type, actions: EntityDecisions.actions, service: "entities"),
            Kind(
                type: IntegrationDecisions.type, actions: IntegrationDecisions.actions,
                service: "integrations"),
            Kind(
                type: WorkspaceDecisions.type, actions: WorkspaceDecisions.actions,
                service: "invitations"),
            Kind(
                type: OrganizationDecisions.type, actions: OrganizationDecisions.actions,
                service: "organizations"),
        ]
    }

    let database: Database
    /// By the service's name; without those that are not configured.
    let contexts: [String: ServiceClient]
    /// Of the installation: authenticates tokens of searches.
    let tokenKeys: MACKeys

    static let userType = "user"

    /// The kind of resource and its context; nil if there is none.
    func kind(_ type: String) -> (kind: Kind, context: ServiceClient)? {
        guard let kind = Kind.all.first(where: { $0.type == type }),
            let context = contexts[kind.service]
        else { return nil }
        return (kind, context)
    }

    /// - Parameter name: an id, `ext:` and an external id, or an external id.
    func user(_ name: String, in db: some Queryable) throws -> User? {
        guard name.utf8.count <= QuestionLimits.subjectId else { return nil }
        return try UserStore.find(named: name, in: db)
            ?? UserStore.find(externalId: Text.composed(name), in: db)
    }

    /// The decision about each question, in order.
    func decide(_ questions: [Question?]) async throws -> [Decision] {
        var decisions = [Decision](repeating: .incomplete, count: questions.count)
        /// What each context is asked, and where the answers belong.
        var asked: [String: [(place: Int, item: DecisionQuery.Item)]] = [:]
        try database.read { reader in
            var users: [String: User?] = [:]
            for (place, question) in questions.enumerated() {
                guard let question else { continue }
                guard question.subjectType == Self.userType else {
                    decisions[place] = .unknownSubject
                    continue
                }
                let known = try users[question.subjectId] ?? user(question.subjectId, in: reader)
                users[question.subjectId] = .some(known)
                guard let known else {
                    decisions[place] = .unknownSubject
                    continue
                }
                guard !known.isSuspended else {
                    decisions[place] = .suspended
                    continue
                }
                guard let (kind, _) = kind(question.resourceType) else {
                    decisions[place] = .unknownResource
                    continue
                }
                guard kind.actions.contains(question.action) else {
                    decisions[place] = .unknownAction
                    continue
                }
                guard question.resourceId.utf8.count <= QuestionLimits.resourceId else {
                    decisions[place] = .unknownResource
                    continue
                }
                asked[kind.service, default: []].append(
                    (place, DecisionQuery.Item(question, by: known)))
            }
        }
        for (place, decision) in try await ask(asked) { decisions[place] = decision }
        return decisions
    }

    private func ask(
        _ asked: [String: [(place: Int, item: DecisionQuery.Item)]]
    ) async throws -> [(place: Int, decision: Decision)] {
        try await withThrowingTaskGroup(of: [(place: Int, decision: Decision)].self) { group in
            for (service, questions) in asked {
                guard let context = contexts[service] else { continue }
                group.addTask {
                    let items = try await context.call(
                        DecisionQueries.decide, DecisionQuery(items: questions.map(\.item)),
                        as: DecisionReply.self
                    ).items
                    guard items.count == questions.count else {
                        throw Fault.unexpected("\(service): \(items.count) decisions")
                    }
                    return zip(questions, items).map { ($0.place, $1) }
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
    }
}

extension DecisionQuery.Item {
    init(_ question: Question, by user: User) {
        self.init(
            subject: DecisionSubject(userId: user.id, isAdmin: user.role == .admin),
            action: question.action, resourceId: question.resourceId,
            accessLevel: question.accessLevel)
    }
}
