using System.ComponentModel.DataAnnotations;
using Juming.Platform.Modules;

namespace Juming.Platform.Notify;

/// <summary>How notices leave the host.</summary>
public sealed class NotifySettings : IValidatableObject
{
    /// <summary>Address under which phones reach the console, <c>https://host</c>; stands in front of the links in messages. Empty: messages carry no links.</summary>
    public string PublicUrl { get; set; } = "";

    /// <summary>Name of this installation in messages. Empty: the machine's name.</summary>
    [StringLength(40)]
    public string SiteName { get; set; } = "";

    /// <summary>IANA zone of quiet hours and of the times in messages.</summary>
    public string Zone { get; set; } = "Asia/Shanghai";

    /// <summary>Notices that wait for one receiver above which they go as one summary, 1 to 100.</summary>
    [Range(1, 100)]
    public int DigestAbove { get; set; } = 5;

    /// <summary>Minutes within which the same thing is told to nobody twice, 1 to 1,440.</summary>
    [Range(1, 1440)]
    public int SameMinutes { get; set; } = 10;

    /// <summary>Minutes until an unacknowledged notice goes to the next channel, 1 to 1,440.</summary>
    [Range(1, 1440)]
    public int NextChannelMinutes { get; set; } = 5;

    /// <summary>Minutes until it goes to the leaders, 1 to 1,440.</summary>
    [Range(1, 1440)]
    public int LeaderMinutes { get; set; } = 15;

    /// <summary>Days that notices and the delivery log are kept, 1 to 3,650.</summary>
    [Range(1, 3650)]
    public int KeepDays { get; set; } = 90;

    /// <summary>The zone.</summary>
    public TimeZoneInfo TimeZone => TimeZoneInfo.FindSystemTimeZoneById(Zone);

    /// <summary>The address of a path on the console, or null when none is set.</summary>
    public string? AddressOf(string? path) => PublicUrl.Length == 0 || path is null ? null : PublicUrl.TrimEnd('/') + path;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (PublicUrl.Length > 0 && !(Uri.TryCreate(PublicUrl, UriKind.Absolute, out var url) && url is { Scheme: "https", UserInfo: "", Query: "", Fragment: "" }))
            yield return new SettingProblem(nameof(PublicUrl), $"'{PublicUrl}' is not an address for phones", "https://host or https://host:port, with a path at most, or empty");
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(Zone, out _)) yield return new SettingProblem(nameof(Zone), $"'{Zone}' is not a zone", "an IANA zone such as Asia/Shanghai");
    }
}
