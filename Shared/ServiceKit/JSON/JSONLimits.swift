/// What one JSON text may hold. The bounds keep every later step linear: the decoder hashes the
/// names of members, known or not, and Swift's `String` is quadratic in a run of combining marks.
struct JSONLimits {
    /// Nesting of objects and arrays; far above any body of ours, below what Foundation allows.
    var depth = 100
    /// Bytes of a member's name, decoded. Far above ours: unknown names are ignored.
    var nameBytes = 1_024
    /// Members of one object. Our largest body has a tenth of them.
    var members = 100
    /// Items of one array. Our longest are the questions of `checkAccess`.
    var items = 1_000
    /// Bytes of a string, decoded. Our longest text is a version's notes: 10,000 characters, of
    /// which one takes 9 bytes at most (Hangul, decomposed).
    var stringBytes = 128 * 1024
    /// Characters of a number. A 64-bit one has 20, a double 25.
    var numberLength = 64
    /// Whether runs of combining marks are bounded (`CombiningRun`) and names unique in an object.
    var isStrict = true

    /// What clients send.
    static let request = JSONLimits()

    /// What identity providers send: all members of a group.
    static let scim = JSONLimits(items: 10_000)

    /// Requests between our own services: their texts were checked when they came in, by the
    /// rules of that day, and must not be refused on the way.
    static let trusted = JSONLimits(
        nameBytes: .max, members: .max, items: .max, stringBytes: .max, isStrict: false)
}
