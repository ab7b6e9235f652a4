import Kernel

extension UserProfile: Documented {
    public static let meaning = "A user as other users see them."

    public static var members: [Member] {
        [
            Member("id", "The user's id.", .id("usr_")),
            Member(
                "email",
                "E-mail address. Empty, like both names, for a moment after the user was deleted.",
                example: "grace@example.com"),
            Member("username", "Unique username.", example: "grace"),
            Member("displayName", "Display name.", example: "Grace"),
        ]
    }
}
