import IntegrationsContract
import Kernel
import SCIM

/// A team as a group.
struct SCIMGroup: Sendable {
    let team: ProvisionedTeam
    /// A team's own number is part of it: another team can have the id later.
    var version: String { "W/\"\(team.number).\(team.version)\"" }

    /// - Parameter root: the URL of `/scim/v2`.
    func resource(below root: String) -> SCIMObject {
        var resource = SCIMObject([
            ("schemas", [.string(SCIMURN.group)]), ("id", .string(team.id)),
            ("displayName", .string(team.name)),
        ])
        resource["externalId"] = team.externalId.map { .string($0) }
        if let members = team.memberIds, !members.isEmpty {
            resource["members"] = .array(
                members.map { id in
                    [
                        "value": .string(id), "type": "User",
                        "$ref": .string("\(root)/Users/\(id)"),
                    ]
                })
        }
        resource["meta"] = [
            "resourceType": "Group", "created": .string(team.createdAt.rfc3339),
            "lastModified": .string(team.updatedAt.rfc3339),
            "location": .string("\(root)/Groups/\(team.id)"), "version": .string(version),
        ]
        return resource
    }
}

/// How a PATCH changes a group: its members are not read for it, as a group can have many and most
/// changes name a few.
struct SCIMGroupPatch: Sendable {
    /// Of what is no member.
    let others: SCIMPatch?
    let members: ProvisionedTeamCommand.Members

    /// - Throws: `invalidPath`, `invalidValue`, `invalidFilter`.
    init(_ patch: SCIMPatch) throws(Fault) {
        var others: [SCIMPatch.Operation] = []
        var members = ProvisionedTeamCommand.Members()
        for operation in patch.operations {
            guard let path = operation.path, path.isNamed("members") else {
                others.append(operation)
                continue
            }
            try members.apply(operation, path)
        }
        self.others = others.isEmpty ? nil : SCIMPatch(operations: others)
        self.members = members
    }
}

extension ProvisionedTeamCommand.Members {
    /// The members of a resource.
    init(of resource: SCIMObject) throws(Fault) {
        self.init(added: try Self.ids(resource["members"] ?? .null), areAll: true)
    }

    fileprivate mutating func apply(
        _ operation: SCIMPatch.Operation, _ path: AttributePath
    ) throws(Fault) {
        guard path.sub == nil else {
            throw .scim(.mutability, "Parts of a member can't be changed: remove and add it.")
        }
        if let filter = path.filter {
            guard operation.kind == .remove else {
                throw .scim(.mutability, "A member can't be changed: remove and add it.")
            }
            return remove(try Self.ids(named: filter))
        }
        let ids = try Self.ids(operation.value)
        switch operation.kind {
        case .add: add(ids)
        case .replace: self = Self(added: ids, areAll: true)
        case .remove:
            if operation.value.isUnassigned {
                self = Self(areAll: true)
            } else {
                remove(ids)
            }
        }
    }

    private mutating func add(_ ids: [String]) {
        let new = Set(ids)
        removed.removeAll(where: new.contains)
        let known = Set(added)
        added += ids.filter { !known.contains($0) }
    }

    private mutating func remove(_ ids: [String]) {
        let gone = Set(ids)
        added.removeAll(where: gone.contains)
        if !areAll { removed += ids }
    }

    /// Each once.
    private static func ids(_ value: SCIMValue) throws(Fault) -> [String] {
        guard !value.isUnassigned else { return [] }
        var seen: Set<String> = []
        var ids: [String] = []
        for item in value.items ?? [value] {
            guard let id = item.string ?? item["value"]?.string else {
                throw .scim(.invalidValue, "A member must have a value: the id of a user.")
            }
            if let type = item["type"]?.string, !AttributeName.areSame(type, "User") {
                throw .scim(.invalidValue, "Members must be users: groups have no groups.")
            }
            if seen.insert(id).inserted { ids.append(id) }
        }
        return ids
    }

    /// The members that a filter such as `value eq "usr_…"` names.
    private static func ids(named filter: SCIMFilter) throws(Fault) -> [String] {
        switch filter {
        case .compare(let path, .eq, .string(let id)) where path.isNamed("value"): return [id]
        case .or(let a, let b): return try ids(named: a) + ids(named: b)
        default:
            throw .scim(.invalidFilter, "Members are named by value eq and their id.")
        }
    }
}
