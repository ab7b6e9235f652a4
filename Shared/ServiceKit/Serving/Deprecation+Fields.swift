import Contract
import HTTPCore
import Kernel

extension Deprecation {
    /// The fields of every response of the route.
    /// - Parameter base: the path of LATCHKEY_PUBLIC_URL.
    func fields(below base: String) -> [Response.Field] {
        let guide = guide.hasPrefix("/") ? base + guide : guide
        var fields = [
            // A structured field's date (RFC 9651 §3.3.7).
            Response.Field("Deprecation", "@\(since.milliseconds / 1000)"),
            Response.Field("Link", "<\(guide)>; rel=\"deprecation\"; type=\"text/html\""),
        ]
        if let sunset { fields.append(Response.Field("Sunset", HTTPDate.text(sunset))) }
        return fields
    }
}
