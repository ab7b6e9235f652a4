import Kernel
import SCIM
import SQLite

extension ProvisionUsers {
    /// Users that are read at once while others wait.
    private static let batch = 200

    /// The users that a query asks for. Those whose filter names the userName, an address, the
    /// external id or the id are found by it; other filters look at all users.
    func list(_ query: SCIMQuery, by caller: Caller) async throws -> SCIMPage {
        try UserPolicy.requireAdmin(caller)
        guard query.needsSelection else {
            return try part(from: query.startIndex, count: query.count)
        }
        var selection = SCIMQuery.Selection(query)
        try await gather(query, into: &selection)
        return selection.page
    }

    /// Some of all users, the oldest first.
    func part(from start: Int, count: Int) throws -> SCIMPage {
        let (users, total) = try database.read {
            try SCIMUserStore.part(from: start, count: count, in: $0)
        }
        return SCIMPage(users.map { $0.resource(below: root) }, total: total)
    }

    /// Takes the users that meet the query's filter.
    func gather(_ query: SCIMQuery, into selection: inout SCIMQuery.Selection) async throws {
        func take(_ users: [SCIMUser]) throws {
            for user in users {
                try selection.take(user.resource(below: root), .user, if: query.filter)
            }
        }
        if let candidates = try query.filter?.conjuncts.lazy.compactMap(candidates).first {
            return try take(candidates)
        }
        var last = ""
        while true {
            let users = try database.read {
                try SCIMUserStore.after(last, limit: Self.batch, in: $0)
            }
            try take(users)
            guard users.count == Self.batch, let next = users.last else { return }
            last = next.user.id
            try Task.checkCancellation()
            await Task.yield()
        }
    }

    /// The users among whom those that meet a filter are; nil if it names none of what they are
    /// found by.
    private func candidates(_ filter: SCIMFilter) throws -> [SCIMUser]? {
        guard case .compare(let path, .eq, .string(let text)) = filter else { return nil }
        return try database.read { reader in
            switch (path.name.lowercased(), path.sub?.lowercased()) {
            case ("username", nil): try SCIMUserStore.find(userName: text, in: reader)
            case ("externalid", nil):
                try SCIMUserStore.find(externalId: Text.composed(text), in: reader)
            case ("id", nil): try SCIMUserStore.find(text, in: reader).map { [$0] } ?? []
            case ("emails", nil), ("emails", "value"):
                try SCIMUserStore.find(address: text, in: reader)
            default: nil
            }
        }
    }
}
