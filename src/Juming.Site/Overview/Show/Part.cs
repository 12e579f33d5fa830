using System.Data.Common;
using Juming.Platform.Handlers;
using Juming.Platform.Web;

namespace Juming.Site.Overview.Show;

/// <summary>One part of a page that is loaded by itself: what was read last stays on screen when the next read fails.</summary>
internal sealed class Part<T> where T : class
{
    /// <summary>What was read, or null.</summary>
    public T? View { get; private set; }

    /// <summary>Why the last read failed, or null.</summary>
    public string? Problem { get; private set; }

    /// <summary>Reads anew.</summary>
    public async Task Load(Func<Task<Result<T>>> ask)
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
            Problem = e.Message;
        }
    }
}
