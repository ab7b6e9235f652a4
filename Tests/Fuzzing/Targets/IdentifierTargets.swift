@testable import Kernel

let identifierTargets: [FuzzTarget] = [
    FuzzTarget(name: "token", run: fuzzToken),
    FuzzTarget(name: "identifier", run: fuzzIdentifier),
    FuzzTarget(name: "version", run: fuzzVersion),
    FuzzTarget(name: "text", run: fuzzText),
    FuzzTarget(name: "timestamp", run: fuzzTimestamp),
]

private func fuzzToken(_ bytes: [UInt8]) {
    guard bytes.withUnsafeBytes({ APIToken.isWellFormed($0) }) else { return }
    require(bytes.count == 57, "a token has one length")
    require(bytes[8...].allSatisfy(Base62.isDigit), "base62 throughout")
    // No other last character has the same checksum.
    var other = bytes
    other[50] = other[50] == 0x41 ? 0x42 : 0x41
    require(!other.withUnsafeBytes { APIToken.isWellFormed($0) }, "a typo is seen")
}

private func fuzzIdentifier(_ bytes: [UInt8]) {
    let text = String(decoding: bytes, as: UTF8.self)
    if IDMinter.isWellFormed(text, prefix: "ent_") {
        require(bytes.count == 30 && text.hasPrefix("ent_"), "a prefix and a ULID")
        require(text.utf8.allSatisfy { $0 < 0x80 }, "in ASCII")
    }
    if let uuid = IDMinter.uuid(text) {
        require(IDMinter.uuid(uuid) == uuid && uuid.utf8.count == 36, "one spelling of a UUID")
    }
    if Text.isSlug(text) { require(bytes.allSatisfy { $0 < 0x80 }, "a slug is ASCII") }
    if let username = try? Text.username(text, pointer: "") {
        require((try? Text.username(username, pointer: "")) == username, "one spelling of a name")
    }
    let slug = Text.slug(from: text)
    require(slug.isEmpty || Text.isSlug(slug), "a slug is made of any name, or none")
    _ = Base64URL.decode(bytes[...]).map { decoded in
        let again = Base64URL.decode(Array(Base64URL.encode(decoded).utf8)[...])
        require(again == decoded, "base64url reads what it writes")
    }
}

/// A total order, whatever is compared.
private func fuzzVersion(_ bytes: [UInt8]) {
    let parts = bytes.split(separator: 0x0A, maxSplits: 2).map {
        SemanticVersion(String(decoding: $0, as: UTF8.self))
    }
    let versions = parts.compactMap { $0 }
    for a in versions {
        require(a == a && !(a < a), "a version equals itself")
        for b in versions {
            require([a < b, b < a, a == b].count { $0 } == 1, "less, equal or more")
            for c in versions where a < b && b < c { require(a < c, "in one order") }
        }
    }
}

/// Reading what was read changes nothing more.
private func fuzzText(_ bytes: [UInt8]) {
    let raw = String(decoding: bytes, as: UTF8.self)
    if let name = try? Text.name(raw, pointer: "") {
        require((try? Text.name(name, pointer: "")) == name, "a name stays as it is")
        require(name.unicodeScalars.count <= Text.maximumName, "a name is bounded")
    }
    if let text = try? Text.optionalText(raw, pointer: "") {
        require((try? Text.optionalText(text, pointer: "")) == text, "a text stays as it is")
    }
    if let email = try? Text.email(raw, pointer: "") {
        require((try? Text.email(email, pointer: "")) == email, "an address stays as it is")
        require(
            email.utf8.count <= 254 && !email.utf8.contains { $0 <= 0x20 || $0 == 0x3C },
            "an address can stand in a mail's head")
    }
}

private func fuzzTimestamp(_ bytes: [UInt8]) {
    let text = String(decoding: bytes, as: UTF8.self)
    guard let time = Timestamp(rfc3339: text) else { return }
    require(Timestamp(rfc3339: time.rfc3339) == time, "a time reads as it is written")
}
