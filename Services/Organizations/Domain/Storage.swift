import FoundationEssentials
import Kernel
import OrganizationsContract

/// Where an organization's packages and assets are kept.
enum Storage: Sendable, Equatable {
    /// By us.
    case managed
    case external(Bucket)
}

/// A bucket of the organization's own.
public struct Bucket: Sendable, Equatable {
    public let provider: String
    /// `https://host[:port]`, without path.
    public let endpoint: String
    public let name: String
    public let region: String
    public let accessKeyId: String

    /// As it was stored.
    init(
        provider: String, endpoint: String, name: String, region: String, accessKeyId: String
    ) {
        self.provider = provider
        self.endpoint = endpoint
        self.name = name
        self.region = region
        self.accessKeyId = accessKeyId
    }
}

/// A valid wish for another storage.
enum StorageDraft: Sendable {
    case managed
    case external(Bucket, secret: String)

    /// - Throws: 422 for what is neither, or half of one.
    init(mode: String, external: NewExternalStorageBody?) throws(Fault) {
        switch (mode, external) {
        case ("managed", nil): self = .managed
        case ("managed", _):
            throw .invalid("/external", "must be left out where mode is managed")
        case ("external", let external?): self = try Self.external(external)
        case ("external", nil):
            throw .invalid("/external", "is required where mode is external")
        default:
            let known = OrganizationWords.storageModes.joined(separator: ", ")
            throw .invalid("/mode", "must be one of \(known)")
        }
    }

    private static func external(_ wish: NewExternalStorageBody) throws(Fault) -> StorageDraft {
        var validation = Validation()
        if !OrganizationWords.storageProviders.contains(wish.provider) {
            validation.reject("/external/provider", "must be s3")
        }
        let bucket = Bucket(
            provider: wish.provider,
            endpoint: validation.check(try endpoint(wish.endpoint)) ?? "",
            name: validation.check(try bucket(wish.bucket)) ?? "",
            region: validation.check(try region(wish.region)) ?? "",
            accessKeyId: validation.check(
                try visible(
                    wish.accessKeyId, "/external/accessKeyId", OrganizationLimits.accessKeyId))
                ?? "")
        let secret = validation.check(
            try visible(
                wish.secretAccessKey, "/external/secretAccessKey",
                OrganizationLimits.secretAccessKey))
        try validation.finish()
        return .external(bucket, secret: secret ?? "")
    }

    /// Without the slash that may end it.
    private static func endpoint(_ text: String) throws(Fault) -> String {
        let address = text.last == "/" ? String(text.dropLast()) : text
        guard text.utf8.count <= OrganizationLimits.endpoint,
            let parts = URLComponents(string: address, encodingInvalidCharacters: false),
            let scheme = parts.scheme?.lowercased(), ["http", "https"].contains(scheme),
            let host = parts.percentEncodedHost, !host.isEmpty, host.utf8.allSatisfy(isInHost),
            parts.user == nil, parts.password == nil, parts.path.isEmpty, parts.query == nil,
            parts.fragment == nil, hasNoPort(address, after: host) || isPort(parts.port)
        else {
            throw .invalid(
                "/external/endpoint",
                "must be an absolute https or http URL without user name, path and query, at most "
                    + "\(OrganizationLimits.endpoint) characters")
        }
        return address
    }

    /// Names, and addresses in brackets. Nothing is encoded, as not all would decode it alike.
    private static func isInHost(_ byte: UInt8) -> Bool {
        switch byte {
        case 48...57, 65...90, 97...122: true
        default: "-._[:]".utf8.contains(byte)
        }
    }

    private static func hasNoPort(_ address: String, after host: String) -> Bool {
        address.utf8.suffix(host.utf8.count).elementsEqual(host.utf8)
    }

    /// nil: it is too large to be read, or empty.
    private static func isPort(_ port: Int?) -> Bool {
        port.map { (1...65_535).contains($0) } ?? false
    }

    /// https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
    private static func bucket(_ text: String) throws(Fault) -> String {
        let bytes = text.utf8
        func isEdge(_ byte: UInt8?) -> Bool {
            byte.map { (97...122).contains($0) || (48...57).contains($0) } ?? false
        }
        guard (3...63).contains(bytes.count), isEdge(bytes.first), isEdge(bytes.last),
            bytes.allSatisfy({ isEdge($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") }),
            !text.contains("..")
        else {
            throw .invalid(
                "/external/bucket",
                "must be 3–63 of a-z, 0-9, '-' and '.', begin and end with a letter or digit, and "
                    + "hold no two dots in a row")
        }
        return text
    }

    private static func region(_ text: String) throws(Fault) -> String {
        let isRegion = text.utf8.allSatisfy {
            (97...122).contains($0) || (48...57).contains($0) || $0 == UInt8(ascii: "-")
        }
        guard (1...50).contains(text.utf8.count), isRegion else {
            throw .invalid("/external/region", "must be 1–50 of a-z, 0-9 and '-'")
        }
        return text
    }

    private static func visible(
        _ text: String, _ pointer: String, _ maximum: Int
    ) throws(Fault) -> String {
        guard (1...maximum).contains(text.utf8.count),
            text.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { throw .invalid(pointer, "must be 1–\(maximum) visible ASCII characters") }
        return text
    }
}
