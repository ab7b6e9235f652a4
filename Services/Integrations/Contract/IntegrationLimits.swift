public enum IntegrationLimits {
    /// 0 would mean no access, for which there is DELETE.
    public static let accessLevels = 1...2_147_483_647
    public static let accessLevelRule =
        "must be a whole number from 1 to \(accessLevels.upperBound); use DELETE on the share to "
        + "revoke it"
}
