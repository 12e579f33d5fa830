using System.ComponentModel.DataAnnotations;

namespace Juming.Platform.Access;

/// <summary>Sessions, lock-out and hosts.</summary>
public sealed class AccessSettings
{
    /// <summary>A session ends after this many hours, whatever happens: 1 to 72.</summary>
    [Range(1, 72)]
    public int SessionHours { get; set; } = 12;

    /// <summary>A session ends after this many minutes without a request: 5 to 1,440.</summary>
    [Range(5, 1440)]
    public int IdleMinutes { get; set; } = 30;

    /// <summary>Acts on roles, tokens and accounts ask for the password again after this many minutes: 1 to 120.</summary>
    [Range(1, 120)]
    public int ConfirmMinutes { get; set; } = 15;

    /// <summary>Host names under which the console may be reached besides those it listens on.</summary>
    public IList<string> AllowedHosts { get; } = [];
}
