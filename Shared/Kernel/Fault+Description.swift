/// How logs and operators see it: `conflict_code: What is wrong. (why)`.
extension Fault: CustomStringConvertible {
    public var description: String {
        let named = fields.map { " \($0.name) \($0.detail)." }.joined()
        return "\(code): \(detail)\(named)" + (privateDetail.map { " (\($0))" } ?? "")
    }
}
