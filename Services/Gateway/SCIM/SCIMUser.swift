import Contract
import GatewayContract
import Kernel
import SCIM
import ServiceKit

/// A user with what SCIM has of them.
struct SCIMUser: Sendable, Equatable {
    /// Of users that SCIM manages.
    struct Profile: Sendable, Equatable {
        /// As the provider gave it.
        var userName: String
        /// `name`, `displayName` and `emails` as the provider gave them. `active` is null where the
        /// provider has removed it.
        var attributes: SCIMValue
    }

    var user: User
    var updatedAt: Timestamp
    /// nil: people alone manage the user.
    var profile: Profile?

    /// Users that no provider manages are found by their address.
    var userName: String { profile?.userName ?? user.email }

    /// All of them.
    var addresses: [String] {
        guard let profile else { return [user.email] }
        return (profile.attributes["emails"]?.items ?? []).compactMap { $0["value"]?.string }
            + [user.email]
    }

    /// What names are compared by.
    static func key(_ userName: String) -> String { Text.folded(userName) }

    /// The resource, with its version.
    /// - Parameter root: the URL of `/scim/v2`.
    func resource(below root: String) -> SCIMObject {
        let attributes = profile?.attributes
        var resource = SCIMObject([
            ("schemas", [.string(SCIMURN.user)]), ("id", .string(user.id)),
            ("userName", .string(userName)),
        ])
        resource["externalId"] = user.externalId.map { .string($0) }
        resource["name"] = attributes?["name"]
        resource["displayName"] =
            profile == nil ? .string(user.displayName) : attributes?["displayName"]
        if attributes?["active"] != .null || user.isSuspended {
            resource["active"] = .bool(!user.isSuspended)
        }
        resource["emails"] =
            profile == nil
            ? [["value": .string(user.email), "type": "work", "primary": true]]
            : attributes?["emails"]
        var meta = SCIMObject([
            ("resourceType", "User"), ("created", .string(user.createdAt.rfc3339)),
            ("lastModified", .string(updatedAt.rfc3339)),
            ("location", .string("\(root)/Users/\(user.id)")),
        ])
        resource["meta"] = .object(meta)
        meta["version"] = .string(SCIMVersion.of(resource))
        resource["meta"] = .object(meta)
        return resource
    }
}

/// Entity tags. Weak ones, as RFC 7644 §3.14 shows them: one tag for all projections of a resource.
enum SCIMVersion {
    /// - Parameter resource: without its version.
    static func of(_ resource: SCIMObject) -> String {
        let digest = SHA256.hash(JSON.encode(SCIMValue.object(resource)))
        return "W/\"\(Base64URL.encode(Array(digest.prefix(16))))\""
    }

    /// - Parameter wanted: the version that a change is meant for; nil for any.
    /// - Throws: 412.
    static func require(_ wanted: String?, is current: String) throws(Fault) {
        guard let wanted, wanted != "*", Self.opaque(wanted) != Self.opaque(current) else { return }
        throw Fault(ProblemType.preconditionFailed)
    }

    private static func opaque(_ tag: String) -> Substring {
        tag.hasPrefix("W/") ? tag.dropFirst(2) : tag[...]
    }
}

/// What a provider wants a user to be: a resource that was read by the schema, and validated.
struct SCIMUserDraft: Sendable {
    let profile: SCIMUser.Profile
    let email: String
    let displayName: String
    let externalId: String?
    let isActive: Bool

    /// Values of a multi-valued attribute.
    static let maximumValues = 20
    /// Characters of a text.
    static let maximumText = 255

    /// - Throws: what SCIM calls `invalidValue`.
    init(_ resource: SCIMObject, activeIsRemoved: Bool = false) throws(Fault) {
        guard let given = resource["userName"]?.string else {
            throw .scim(.invalidValue, "userName is required.")
        }
        let userName = try Text.name(given, pointer: "userName", max: Self.maximumText)
        try Self.check(resource)
        let emails = resource["emails"]?.items ?? []
        email = try Self.email(of: emails, orOf: userName)
        displayName = try Text.name(
            Self.displayName(resource, else: userName), pointer: "displayName",
            max: Self.maximumText
        ).prefixOfName
        externalId = try ExternalID.checkIfPresent(
            resource["externalId"]?.string, pointer: "externalId")
        isActive = resource["active"]?.bool ?? true
        var attributes = SCIMObject()
        for name in ["name", "displayName", "emails"] { attributes[name] = resource[name] }
        if activeIsRemoved { attributes["active"] = .null }
        profile = SCIMUser.Profile(userName: userName, attributes: .object(attributes))
    }

    /// Every text is one that a name can be.
    private static func check(_ resource: SCIMObject) throws(Fault) {
        func check(_ value: SCIMValue, _ place: String) throws(Fault) {
            switch value {
            case .string(let text): _ = try Text.name(text, pointer: place, max: maximumText)
            case .array(let items):
                guard items.count <= maximumValues else {
                    throw .invalid(place, "must have at most \(maximumValues) values")
                }
                for item in items { try check(item, place) }
            case .object(let object):
                for member in object.members {
                    try check(member.value, place + "." + member.name)
                }
            default: break
            }
        }
        for name in ["name", "displayName", "emails"] {
            if let value = resource[name] { try check(value, name) }
        }
    }

    private static func email(
        of emails: [SCIMValue], orOf userName: String
    ) throws(Fault) -> String {
        let chosen =
            emails.first { $0["primary"]?.bool == true }
            ?? emails.first { $0["type"]?.string?.lowercased() == "work" } ?? emails.first
        if let address = chosen?["value"]?.string {
            return try Text.email(address, pointer: "emails.value")
        }
        do throws(Fault) {
            return try Text.email(userName, pointer: "userName")
        } catch {
            throw .scim(
                .invalidValue,
                "A user needs an e-mail address: in emails, or as the userName.")
        }
    }

    private static func displayName(_ resource: SCIMObject, else userName: String) -> String {
        if let name = resource["displayName"]?.string { return name }
        let name = resource["name"]
        if let whole = name?["formatted"]?.string { return whole }
        let parts = [name?["givenName"], name?["familyName"]].compactMap { $0?.string }
        return parts.isEmpty ? userName : parts.joined(separator: " ")
    }

    /// The user after the change.
    /// - Parameter former: nil for a new one, of whom `user` has the rest.
    func applied(to user: User, of former: SCIMUser?, at now: Timestamp) -> User {
        var changed = user
        changed.email = email
        changed.displayName = displayName
        // A provider that begins to manage a user takes nothing away that it doesn't name.
        let keepsId = former?.profile == nil && externalId == nil
        changed.externalId = keepsId ? user.externalId : externalId
        changed.managedBy = .scim
        if isActive == user.isSuspended { changed.suspendedAt = isActive ? nil : now }
        return changed
    }
}

extension String {
    /// As much as an account's name can have.
    fileprivate var prefixOfName: String {
        guard unicodeScalars.count > Text.maximumName else { return self }
        return String(String.UnicodeScalarView(unicodeScalars.prefix(Text.maximumName)))
    }
}
