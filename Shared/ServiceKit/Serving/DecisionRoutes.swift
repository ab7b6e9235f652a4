import Contract
import HTTPCore
import Kernel

extension DecisionMaker {
    /// The three internal routes.
    public var decisionRoutes: [Route] {
        [
            .later(DecisionQueries.decide) { request in
                let query = try request.decode(DecisionQuery.self)
                try Self.check(query.items.count, "/items")
                return .json(DecisionReply(items: try await decide(query.items)))
            },
            .later(DecisionQueries.subjects) { request in
                .json(try await subjects(try request.decode(SubjectQuery.self)))
            },
            .later(DecisionQueries.resources) { request in
                .json(try await resources(try request.decode(ResourceQuery.self)))
            },
        ]
    }

    private static func check(_ count: Int, _ pointer: String) throws(Fault) {
        guard (1...DecisionQuery.maximum).contains(count) else {
            throw .invalid(pointer, "must be from 1 to \(DecisionQuery.maximum)")
        }
    }

    package func subjects(_ query: SubjectQuery) async throws -> SubjectReply {
        try Self.check(query.limit, "/limit")
        guard
            let found = try await grantHolders(
                of: query.resourceId, after: query.after, limit: query.limit)
        else { return SubjectReply(userIds: []) }
        func question(_ userId: String, isAdmin: Bool = false) -> DecisionQuery.Item {
            DecisionQuery.Item(
                subject: DecisionSubject(userId: userId, isAdmin: isAdmin), action: query.action,
                resourceId: query.resourceId, accessLevel: query.accessLevel)
        }
        // Whether somebody without any grant could, and whether as an admin.
        let strangers = try await decide([question(""), question("", isAdmin: true)])
        let decisions = try await decide(found.userIds.map { question($0) })
        let allowed = zip(found.userIds, decisions).filter(\.1.isAllowed).map(\.0)
        return SubjectReply(
            userIds: allowed, next: found.areAll ? nil : found.userIds.last,
            everyone: strangers[0].isAllowed, admins: strangers[1].isAllowed)
    }

    package func resources(_ query: ResourceQuery) async throws -> ResourceReply {
        try Self.check(query.limit, "/limit")
        guard (1...PageRequest.maximumPage).contains(query.page) else {
            throw Fault.invalid("/page", "must be from 1 to \(PageRequest.maximumPage)")
        }
        let page = try await resources(
            of: query.subject, PageRequest(page: query.page, size: query.limit))
        let ids = page.items
        guard !ids.isEmpty else { return ResourceReply(ids: [], isLast: true) }
        let decisions = try await decide(
            ids.map {
                DecisionQuery.Item(
                    subject: query.subject, action: query.action, resourceId: $0,
                    accessLevel: query.accessLevel)
            })
        return ResourceReply(
            ids: zip(ids, decisions).filter(\.1.isAllowed).map(\.0),
            isLast: page.request.offset + ids.count >= page.total)
    }
}
