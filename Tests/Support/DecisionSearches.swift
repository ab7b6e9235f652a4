import Contract
import ServiceKit

/// Compares what searches of a context find with what it decides about each user and thing.
/// - Parameters:
///   - users: everyone who has any grant, and others.
///   - resources: things, and ids of none.
/// - Returns: what differs; nothing, if searches find exactly what is allowed.
public func differences(
    of searches: some DecisionMaker, among users: [DecisionSubject], and resources: [String],
    actions: [String], accessLevels: [Int?] = [nil]
) async throws -> [String] {
    var found: [String] = []
    for action in actions {
        for level in accessLevels {
            let allowed = try await searches.allowed(action, level, users, resources)
            for limit in [1, 2, 3, 100] {
                for resource in resources {
                    let expected = allowed.filter { $0.resource == resource }.map(\.user.userId)
                    let ids = try await searches.subjects(
                        action, level, on: resource, users, limit: limit)
                    if ids != Set(expected) {
                        found.append("\(action) \(resource): \(ids), not \(expected)")
                    }
                }
                for user in users {
                    let expected = allowed.filter { $0.user == user }.map(\.resource)
                    let ids = try await searches.resources(action, level, of: user, limit: limit)
                    if ids.sorted() != expected.sorted() {
                        found.append("\(action) of \(user.userId): \(ids), not \(expected)")
                    }
                }
            }
        }
    }
    return found
}

extension DecisionMaker {
    fileprivate func allowed(
        _ action: String, _ level: Int?, _ users: [DecisionSubject], _ resources: [String]
    ) async throws -> [(user: DecisionSubject, resource: String)] {
        let pairs = users.flatMap { user in resources.map { (user: user, resource: $0) } }
        let decisions = try await decide(
            pairs.map {
                DecisionQuery.Item(
                    subject: $0.user, action: action, resourceId: $0.resource, accessLevel: level)
            })
        return zip(pairs, decisions).filter(\.1.isAllowed).map(\.0)
    }

    /// All parts of a search, with the platform admins that the gateway adds.
    fileprivate func subjects(
        _ action: String, _ level: Int?, on resource: String, _ users: [DecisionSubject],
        limit: Int
    ) async throws -> Set<String> {
        var ids: Set<String> = []
        var after: String? = ""
        while let start = after {
            let reply = try await subjects(
                SubjectQuery(
                    action: action, resourceId: resource, accessLevel: level, after: start,
                    limit: limit))
            ids.formUnion(reply.userIds)
            if reply.everyone { ids.formUnion(users.map(\.userId)) }
            if reply.admins { ids.formUnion(users.filter(\.isAdmin).map(\.userId)) }
            after = reply.next
        }
        return ids
    }

    fileprivate func resources(
        _ action: String, _ level: Int?, of user: DecisionSubject, limit: Int
    ) async throws -> [String] {
        var ids: [String] = []
        for page in 1...1_000 {
            let reply = try await resources(
                ResourceQuery(
                    subject: user, action: action, accessLevel: level, page: page, limit: limit))
            ids += reply.ids
            if reply.isLast { break }
        }
        return ids
    }
}
