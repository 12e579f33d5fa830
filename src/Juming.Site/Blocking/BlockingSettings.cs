using System.ComponentModel.DataAnnotations;
using Juming.Platform.Modules;

namespace Juming.Site.Blocking;

/// <summary>Settings of blocking, section <c>Modules:Blocking</c>.</summary>
public sealed class BlockingSettings : IValidatableObject
{
    /// <summary>Blocks that automation may wish for within an hour, 0 to 10,000; 0 lets it block nothing.</summary>
    [Range(0, 10_000)]
    public int AutomaticPerHour { get; set; } = 200;

    /// <summary>Automatic blocks lifted by people within an hour that are borne, 0 to 1,000; one more pauses automation.</summary>
    [Range(0, 1000)]
    public int MostLiftsPerHour { get; set; } = 5;

    /// <summary>Percent of a device's table that the block list fills, 1 to 100.</summary>
    [Range(1, 100)]
    public int TablePercent { get; set; } = 90;

    /// <summary>Seconds that one order to a device may take, 1 to 1,800; then reading the device settles what it did.</summary>
    [Range(1, 1800)]
    public int OrderSeconds { get; set; } = 180;

    /// <summary>Minutes between two looks whether a verified block is still on its device, 1 to 10,080.</summary>
    [Range(1, 10_080)]
    public int DriftMinutes { get; set; } = 30;

    /// <summary>Milliseconds before an order is tried again, each 100 to 3,600,000; after the last one it has failed.</summary>
    public int[] RetryMilliseconds { get; set; } = [5000, 30_000, 120_000];

    /// <summary>Milliseconds between two looks for what is due, 50 to 60,000.</summary>
    [Range(50, 60_000)]
    public int TickMilliseconds { get; set; } = 1000;

    /// <summary>Devices driven at the same time, 1 to 64.</summary>
    [Range(1, 64)]
    public int Parallel { get; set; } = 8;

    /// <summary>Minutes that a second person has to agree to a wide range, 5 to 10,080; silence refuses.</summary>
    [Range(5, 10_080)]
    public int WideApprovalMinutes { get; set; } = 240;

    /// <summary>Days that a target is blocked at its first, second and each later offence when nobody says how long, each 1 to 365.</summary>
    public int[] OffenceDays { get; set; } = [1, 7, 30];

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (RetryMilliseconds.Length is 0 or > 10 || RetryMilliseconds.Any(r => r is < 100 or > 3_600_000)) yield return new SettingProblem(nameof(RetryMilliseconds), "a pause is out of range", "one to ten pauses of 100 to 3600000");
        if (OffenceDays.Length is 0 or > 10 || OffenceDays.Any(d => d is < 1 or > 365)) yield return new SettingProblem(nameof(OffenceDays), "a number of days is out of range", "one to ten numbers of 1 to 365");
    }
}
