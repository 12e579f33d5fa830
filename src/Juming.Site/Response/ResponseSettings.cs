using System.ComponentModel.DataAnnotations;

namespace Juming.Site.Response;

/// <summary>Settings of playbooks, section <c>Modules:Response</c>.</summary>
public sealed class ResponseSettings
{
    /// <summary>Runs that are driven at the same time, 1 to 512; those that only wait do not count.</summary>
    [Range(1, 512)]
    public int RunsAtOnce { get; set; } = 64;

    /// <summary>Milliseconds between looks for runs that are due, 50 to 60,000.</summary>
    [Range(50, 60_000)]
    public int LookMilliseconds { get; set; } = 500;

    /// <summary>Steps of one run, loops included, 10 to 100,000; a run that needs more fails.</summary>
    [Range(10, 100_000)]
    public int MostSteps { get; set; } = 5000;

    /// <summary>How often a failure that may pass is tried again, 0 to 10, where the step does not say.</summary>
    [Range(0, 10)]
    public int Retries { get; set; } = 3;

    /// <summary>Seconds before each of these tries; the last one holds for all further ones.</summary>
    public int[] RetrySeconds { get; set; } = [5, 30, 120];

    /// <summary>Quick looks at a step that broke off, with growing pauses, before a person is needed, 1 to 50.</summary>
    [Range(1, 50)]
    public int MostLooks { get; set; } = 8;

    /// <summary>Runs that start by themselves after a playbook was switched on and still ask a person first, 0 to 1,000.</summary>
    [Range(0, 1000)]
    public int FirstRunsAsk { get; set; } = 10;

    /// <summary>Minutes that a question to a person stays open where the step does not say, 1 to 1,440.</summary>
    [Range(1, 1440)]
    public int ApprovalMinutes { get; set; } = 15;

    /// <summary>Incidents that a replay looks at, 10 to 1,000, the latest first.</summary>
    [Range(10, 1000)]
    public int ReplayIncidents { get; set; } = 500;

    /// <summary>Days that runs are kept after their end, 7 to 3,650.</summary>
    [Range(7, 3650)]
    public int KeepRunsDays { get; set; } = 365;

    /// <summary>The rest before a try.</summary>
    internal TimeSpan RestBefore(int attempt) => RetrySeconds.Length == 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(Math.Clamp(RetrySeconds[Math.Clamp(attempt - 1, 0, RetrySeconds.Length - 1)], 0, 3600));
}
