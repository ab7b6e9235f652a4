/// Whose access a caller can list.
extension Caller {
    /// The scope with which platform admins ask about anybody.
    public static let checkAccess = "access:check"

    /// The user whose access a list shows: the caller, or whoever the request names.
    /// - Parameter userId: as the request names the user; nil for the caller.
    /// - Throws: 403 `insufficient_scope` for others than the caller without `access:check`,
    ///   whether or not the user exists.
    public func subject(named userId: String?) throws(Fault) -> String {
        guard let userId, userId != self.userId else { return self.userId }
        guard isAdmin, has(scope: Self.checkAccess) else {
            throw .insufficientScope([Self.checkAccess])
        }
        return userId
    }
}
