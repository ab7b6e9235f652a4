import Kernel
import SCIM

/// A search over users and groups at once (RFC 7644 §3.4.3): users come first, unless it is sorted.
struct SearchEverything: Sendable {
    let users: ProvisionUsers
    let groups: ProvisionGroups?

    /// The resources, as the query projects them.
    func list(_ query: SCIMQuery, by caller: Caller) async throws -> SCIMPage {
        try UserPolicy.requireAdmin(caller)
        let page = try await page(query)
        let groupsOnPage = page.resources.filter { $0.schema.id == SCIMURN.group }
        var complete: [String: SCIMObject] = [:]
        if let groups, query.projection.includes("members"), !groupsOnPage.isEmpty {
            for group in try await groups.withMembers(groupsOnPage) { complete[group.url] = group }
        }
        let shown = page.resources.map { resource in
            query.projection.applied(to: complete[resource.url] ?? resource, resource.schema)
        }
        return SCIMPage(shown, total: page.total)
    }

    private func page(_ query: SCIMQuery) async throws -> SCIMPage {
        guard query.needsSelection else {
            let first = try users.part(from: query.startIndex, count: query.count)
            guard let groups else { return first }
            let others = try await groups.part(
                from: max(1, query.startIndex - first.total),
                count: query.count - first.resources.count)
            return SCIMPage(
                first.resources + others.resources, total: first.total + others.total)
        }
        var selection = SCIMQuery.Selection(query)
        try await users.gather(query, into: &selection)
        try await groups?.gather(query, into: &selection)
        return selection.page
    }
}

extension SCIMObject {
    /// Of a user or a group.
    fileprivate var schema: SCIMSchema {
        self["schemas"]?.items?.first?.string == SCIMURN.group ? .group : .user
    }

    fileprivate var url: String { self["meta"]?["location"]?.string ?? "" }
}
