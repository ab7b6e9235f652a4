import Kernel

extension Member {
    /// `?userId=` of lists of what a user has access to (`Caller.subject`).
    public static let userWithAccess = Member(
        "userId",
        "The user whose access the list shows; the caller by default. Others require a platform "
            + "admin with the scope `access:check`. For unknown and suspended users it is empty.",
        .id(like: "usr_").naming(.user))
}
