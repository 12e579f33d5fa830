using System.Data.Common;
using System.Security.Cryptography;
using Juming.Platform.Handlers;
using Juming.Platform.Web;
using Microsoft.Extensions.Logging;

namespace Juming.Site.Overview.Show;

/// <summary>One part of a page that is loaded by itself: what was read last stays on screen when the next read fails.</summary>
internal sealed partial class Part<T> where T : class
{
    /// <summary>What was read, or null.</summary>
    public T? View { get; private set; }

    /// <summary>Why the last read failed, for the reader; or null.</summary>
    public string? Problem { get; private set; }

    /// <summary>Reads anew. What broke is for the log, under the id that the reader sees: it names files and hosts that are nobody's business on a screen.</summary>
    public async Task Load(Func<Task<Result<T>>> ask, ILogger log)
    {
        try
        {
            var result = await ask();
            Problem = result.Error is { } error ? ErrorTexts.Of(error) : null;
            if (result.Succeeded) View = result.Value;
        }
        catch (Exception e) when (e is DbException or IOException or TimeoutException)
        {
            // The store behind this part is away; the other parts have their own.
            var id = RandomNumberGenerator.GetHexString(8, lowercase: true);
            LogBroken(log, e, typeof(T).Name, id);
            Problem = OverviewTexts.Of("PartBroken", id);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Part} of a page could not be read (error id {ErrorId})")]
    private static partial void LogBroken(ILogger log, Exception e, string part, string errorId);
}
