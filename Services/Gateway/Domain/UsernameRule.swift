import Kernel

/// Makes a username from an e-mail address, with a number if it is taken.
enum UsernameRule {
    /// Lower-case `[a-z0-9][a-z0-9._-]*`, at most 32 characters, which leaves room for a number.
    static func base(email: String) -> String {
        let local = email.prefix { $0 != "@" }.lowercased()
        let allowed = local.utf8.filter {
            (48...57).contains($0) || (97...122).contains($0) || "._-".utf8.contains($0)
        }
        let name = allowed.drop { "._-".utf8.contains($0) }.prefix(32)
        return name.isEmpty ? "user" : String(decoding: name, as: UTF8.self)
    }

    /// `base`, or `base` with a number if it is taken.
    static func free(_ base: String, isTaken: (String) throws -> Bool) rethrows -> String {
        guard try isTaken(base) else { return base }
        return "\(base)\(try FreeNumber.find { try isTaken("\(base)\($0)") })"
    }
}
