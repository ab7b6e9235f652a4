import GatewayContract
import Kernel

/// Where a search goes on: `place`, `limit` and the search's digest, authenticated by a key of the
/// installation, so that nothing is read that was not written here. It belongs to one search: the
/// specification §8.2 refuses it for another.
struct SearchToken: Sendable {
    /// The id after which the next part begins, or the number of its page. Empty at the beginning.
    let place: String
    let limit: Int
    private let search: [String]
    private let keys: MACKeys

    /// Longer texts are none of ours.
    private static let maximum = 512
    private static let signatureBytes = 16

    /// The beginning of a search, or where its token says.
    /// - Parameter search: everything that the search depends on.
    init(_ page: SearchPageBody?, of search: [String], keys: MACKeys) throws(Fault) {
        self.search = search
        self.keys = keys
        guard let text = page?.token, !text.isEmpty else {
            place = ""
            limit = page?.limit ?? SearchLimits.usual
            guard (0...SearchLimits.largest).contains(limit) else {
                throw .invalid(
                    "/page/limit", "must be a whole number from 0 to \(SearchLimits.largest)")
            }
            return
        }
        guard let (place, limit) = Self.read(text, of: search, keys),
            page?.limit ?? limit == limit
        else { throw .invalid("/page/token", "must be the next_token of the same search") }
        self.place = place
        self.limit = limit
    }

    private init(place: String, limit: Int, of search: [String], keys: MACKeys) {
        self.place = place
        self.limit = limit
        self.search = search
        self.keys = keys
    }

    /// Results of one part.
    var size: Int { min(limit, SearchLimits.maximum) }

    /// The part with this number; the first at the beginning.
    var pageNumber: Int { Int(place) ?? 1 }

    /// Where the search goes on after this part.
    func next(_ place: String) -> SearchToken {
        SearchToken(place: place, limit: limit, of: search, keys: keys)
    }

    var text: String {
        let payload = Array("\(limit)\n\(place)".utf8)
        let tag = keys.authenticate(Self.message(payload, search))
        return Base64URL.encode(Array(tag.prefix(Self.signatureBytes)) + payload)
    }

    private static func read(
        _ text: String, of search: [String], _ keys: MACKeys
    ) -> (place: String, limit: Int)? {
        guard text.utf8.count <= maximum, let bytes = Base64URL.decode(Array(text.utf8)[...]),
            bytes.count > signatureBytes
        else { return nil }
        let payload = Array(bytes[signatureBytes...])
        guard
            keys.verify(
                Array(bytes[..<signatureBytes]), of: message(payload, search),
                length: signatureBytes)
        else { return nil }
        let parts = String(decoding: payload, as: UTF8.self)
            .split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let limit = Int(parts[0]) else { return nil }
        return (String(parts[1]), limit)
    }

    /// What is signed.
    private static func message(_ payload: [UInt8], _ search: [String]) -> [UInt8] {
        // Each part with its length, so that none can be moved into another.
        let named = search.map { "\($0.utf8.count) \($0)" }.joined(separator: "\n")
        return Array("\(named)\n".utf8) + payload
    }
}
