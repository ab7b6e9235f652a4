import FoundationEssentials
import Kernel
import OrganizationsContract

/// Where an organization's packages and assets are stored.
enum Storage: Sendable, Equatable {
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
}

/// Validated input of `POST /api/organizations/{id}/storage-config`.
enum StorageDraft: Sendable {
    case managed
    case external(Bucket, secret: String)

    /// - Throws: 422.
    static func external(
        provider: String, endpoint: String, bucket: String, region: String, accessKeyId: String,
        secretAccessKey: String
    ) throws(Fault) -> StorageDraft {
        var validation = Validation()
        if provider != "s3" { validation.reject("/external/provider", "must be s3") }
        let checked = (
            endpoint: validation.check(try Self.endpoint(endpoint)),
            name: validation.check(try Self.bucket(bucket)),
            region: validation.check(try Self.region(region)),
            keyId: validation.check(
                try visible(
                    accessKeyId, "/external/accessKeyId", OrganizationLimits.accessKeyId)),
            secret: validation.check(
                try visible(
                    secretAccessKey, "/external/secretAccessKey",
                    OrganizationLimits.secretAccessKey))
        )
        let (endpoint, name, region, keyId, secret) = try validation.finish(
            checked.endpoint, checked.name, checked.region, checked.keyId, checked.secret)
        let bucket = Bucket(
            provider: provider, endpoint: endpoint, name: name, region: region,
            accessKeyId: keyId)
        return .external(bucket, secret: secret)
    }

    /// - Returns: the endpoint without a trailing slash.
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
                "must be an absolute https or http URL of at most "
                    + "\(OrganizationLimits.endpoint) characters without user name, path and "
                    + "query, such as https://s3.eu-central-1.amazonaws.com")
        }
        return address
    }

    /// Names, and addresses in brackets. Nothing percent-encoded: not all clients decode it alike.
    private static func isInHost(_ byte: UInt8) -> Bool {
        switch byte {
        case 48...57, 65...90, 97...122: true
        default: "-._[:]".utf8.contains(byte)
        }
    }

    private static func hasNoPort(_ address: String, after host: String) -> Bool {
        address.utf8.suffix(host.utf8.count).elementsEqual(host.utf8)
    }

    /// - Parameter port: nil if it is empty or too large to be parsed.
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
                    + "have no two dots in a row, such as acme-packages")
        }
        return text
    }

    private static func region(_ text: String) throws(Fault) -> String {
        let isRegion = text.utf8.allSatisfy {
            (97...122).contains($0) || (48...57).contains($0) || $0 == UInt8(ascii: "-")
        }
        guard (1...50).contains(text.utf8.count), isRegion else {
            throw .invalid(
                "/external/region", "must be 1–50 of a-z, 0-9 and '-', such as eu-central-1")
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
