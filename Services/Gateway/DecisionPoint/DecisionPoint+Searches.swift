import Contract
import GatewayContract
import Kernel
import SQLite
import ServiceKit

extension DecisionPoint {
    /// A part of what a search found.
    struct Found<Result: Sendable>: Sendable {
        var results: [Result] = []
        /// nil after the last part.
        var next: SearchToken?
    }

    /// The users who can do something, by id: everyone with a grant, platform admins where their
    /// role is enough, and everyone where nothing more is needed.
    func subjects(_ body: SubjectSearchBody) async throws -> Found<User> {
        let token = try SearchToken(
            body.page,
            of: [
                "subject", body.subject.type, body.action.name,
                "\(body.action.properties?.accessLevel ?? 0)", body.resource.type,
                body.resource.id,
            ], keys: tokenKeys)
        guard body.subject.type == Self.userType, let (kind, context) = kind(body.resource.type),
            kind.actions.contains(body.action.name),
            body.resource.id.utf8.count <= QuestionLimits.resourceId
        else { return Found() }
        guard token.size > 0 else { return Found(next: token) }
        let reply = try await context.call(
            DecisionQueries.subjects,
            SubjectQuery(
                action: body.action.name, resourceId: body.resource.id,
                accessLevel: body.action.properties?.accessLevel, after: token.place,
                limit: token.size), as: SubjectReply.self)
        return try database.read { reader in
            guard !reply.everyone else {
                let users = try UserStore.after(token.place, limit: token.size, in: reader)
                return Self.part(users, full: token.size, token)
            }
            var ids = Set(reply.userIds)
            if reply.admins {
                ids.formUnion(
                    try UserStore.adminIds(after: token.place, limit: token.size + 1, in: reader))
            }
            // What lies behind the end of the context's part belongs to the next one.
            let within = ids.filter { id in reply.next.map { id <= $0 } ?? true }
            let sorted = Array(within.sorted().prefix(token.size))
            let isCut = sorted.count < within.count
            let next = isCut ? sorted.last : reply.next
            let users = try sorted.compactMap { try UserStore.find($0, in: reader) }
            return Found(
                results: users.filter { !$0.isSuspended }, next: next.map { token.next($0) })
        }
    }

    private static func part(_ users: [User], full: Int, _ token: SearchToken) -> Found<User> {
        let last = users.count == full ? users.last?.id : nil
        return Found(
            results: users.filter { !$0.isSuspended }, next: last.map { token.next($0) })
    }

    /// The ids of things with which a user can do something.
    func resources(_ body: ResourceSearchBody) async throws -> Found<String> {
        let token = try SearchToken(
            body.page,
            of: [
                "resource", body.subject.type, body.subject.id, body.action.name,
                "\(body.action.properties?.accessLevel ?? 0)", body.resource.type,
            ], keys: tokenKeys)
        guard body.subject.type == Self.userType, let (kind, context) = kind(body.resource.type),
            kind.actions.contains(body.action.name),
            let user = try database.read({ try user(body.subject.id, in: $0) }), !user.isSuspended
        else { return Found() }
        guard token.size > 0 else { return Found(next: token) }
        let page = token.pageNumber
        let reply = try await context.call(
            DecisionQueries.resources,
            ResourceQuery(
                subject: DecisionSubject(userId: user.id, isAdmin: user.role == .admin),
                action: body.action.name, accessLevel: body.action.properties?.accessLevel,
                page: page, limit: token.size), as: ResourceReply.self)
        return Found(
            results: reply.ids, next: reply.isLast ? nil : token.next("\(page + 1)"))
    }

    /// What a user can do with a thing.
    func actions(_ body: ActionSearchBody) async throws -> [String] {
        guard let (kind, _) = kind(body.resource.type) else { return [] }
        let decisions = try await decide(
            kind.actions.map {
                Question(
                    subjectType: body.subject.type, subjectId: body.subject.id, action: $0,
                    accessLevel: nil, resourceType: kind.type, resourceId: body.resource.id)
            })
        return zip(kind.actions, decisions).filter(\.1.isAllowed).map(\.0)
    }
}
