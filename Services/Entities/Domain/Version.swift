import EntitiesContract
import FoundationEssentials
import Kernel

/// A published version of an entity; never changes.
struct Version: Sendable, Equatable {
    let id: String
    let entityId: String
    let version: String
    let packageUrl: String
    let sha256: String
    let notes: String?
    let publishedBy: String
    let createdAt: Timestamp
}

/// A valid request to push a version.
struct VersionDraft: Sendable {
    let version: SemanticVersion
    let packageUrl: String
    let sha256: String
    let notes: String?
    /// Whether the version can be lower than the latest.
    let isBackport: Bool

    init(
        version: String, packageUrl: String, sha256: String, notes: String? = nil,
        isBackport: Bool = false
    ) throws(Fault) {
        var validation = Validation()
        let number = validation.check(try SemanticVersion(version, pointer: "/version"))
        let url = validation.check(try Self.url(packageUrl))
        let digest = validation.check(try Self.digest(sha256))
        let text =
            validation.check(
                try Text.optionalText(notes, pointer: "/notes", max: EntityLimits.notes)) ?? nil
        guard let number, let url, let digest, validation.fields.isEmpty else {
            throw .invalid(validation.fields)
        }
        self.version = number
        self.packageUrl = url
        self.sha256 = digest
        self.notes = text
        self.isBackport = isBackport
    }

    /// Without credentials, which everybody who installs the entity would see.
    private static func url(_ text: String) throws(Fault) -> String {
        guard text.utf8.count <= EntityLimits.packageURL,
            text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }),
            let parts = URLComponents(string: text, encodingInvalidCharacters: false),
            ["http", "https"].contains(parts.scheme?.lowercased()),
            let host = parts.host, !host.isEmpty, parts.user == nil, parts.password == nil
        else {
            throw .invalid(
                "/packageUrl",
                "must be an absolute http or https URL without user name, of at most "
                    + "\(EntityLimits.packageURL) characters, such as "
                    + "https://packages.example.com/notes-1.0.0.tgz")
        }
        return text
    }

    private static func digest(_ text: String) throws(Fault) -> String {
        let isHex = text.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
        guard text.utf8.count == 64, isHex else {
            throw .invalid("/sha256", "must be 64 lowercase hexadecimal digits")
        }
        return text
    }
}

/// The rules for a new version, given the existing ones.
enum VersionRules {
    static func checkPush(
        _ draft: VersionDraft, exists: Bool, latest: SemanticVersion?
    ) throws(Fault) {
        guard !exists else {
            throw Fault(
                EntityProblems.versionExists,
                "Version \(draft.version) already exists; build metadata makes no difference.")
        }
        guard let latest, !draft.isBackport, draft.version < latest else { return }
        throw Fault(
            EntityProblems.versionNotGreater,
            "The version must be greater than the latest one, \(latest), unless `backport` is "
                + "true.")
    }
}

extension SemanticVersion {
    init(_ text: String, pointer: String) throws(Fault) {
        guard let version = SemanticVersion(text) else {
            throw .invalid(pointer, "must be a Semantic Versioning 2.0 version such as 1.4.0")
        }
        self = version
    }

    /// The text without build metadata: two versions have the same precedence if these are equal,
    /// because numbers have no leading zeros.
    var precedence: String {
        String(description.prefix { $0 != "+" })
    }
}
