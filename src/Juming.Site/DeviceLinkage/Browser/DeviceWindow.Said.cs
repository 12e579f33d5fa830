using System.Globalization;
using Microsoft.Playwright;

namespace Juming.Site.DeviceLinkage.Browser;

/// <summary>What a page says and asks, and what it opens unasked.</summary>
internal sealed partial class DeviceWindow
{
    /// <summary>What the page said since: notices that came up, then dialogs.</summary>
    public IReadOnlyList<string> Said => [.. _said.Where(s => s.At >= _heardFrom).Select(s => s.Text), .. _dialogs];

    public IReadOnlyList<string> Dialogs => [.. _dialogs];

    /// <summary>Forgets what was said until now; with an instant of the page's own clock also what was said before it and is heard only afterwards.</summary>
    public void ForgetSaid(long before = 0)
    {
        _heardFrom = Math.Max(_heardFrom, before);
        _said.Clear();
        _dialogs.Clear();
    }

    /// <summary>Lets the next dialogs with one of these words be confirmed; null dismisses all again.</summary>
    public void AcceptDialogs(IReadOnlyList<string>? words) => _accepted = words;

    private void Hear(string text)
    {
        if (_said.Count >= 200 || text.IndexOf(' ', StringComparison.Ordinal) is not (> 0 and var at) || !long.TryParse(text[..at], NumberStyles.None, CultureInfo.InvariantCulture, out var instant)) return;
        _said.Enqueue((instant, text.Length > at + 200 ? text[(at + 1)..(at + 200)] : text[(at + 1)..]));
    }

    private void Listen()
    {
        Page.Dialog += (_, dialog) => _ = Answer(dialog);
        Page.Crash += (_, _) => _crashed = true;
        Page.Request += (_, request) =>
        {
            if (request.IsNavigationRequest) Interlocked.Increment(ref _documents);
        };
        Page.Download += (_, download) =>
        {
            Interlocked.Increment(ref _downloads);
            _ = Swallow(download.CancelAsync());
        };
        _context.Page += (_, page) =>
        {
            if (page == Page) return;
            Interlocked.Increment(ref _popups);
            _ = Swallow(page.CloseAsync());
        };
    }

    private async Task Answer(IDialog dialog)
    {
        var text = dialog.Message.Length > 300 ? dialog.Message[..300] : dialog.Message;
        if (_dialogs.Count < 200) _dialogs.Enqueue(text);
        if (dialog.Type is "confirm" or "prompt" && AskPerson is { } ask)
        {
            await Swallow(await ask(text) ? dialog.AcceptAsync() : dialog.DismissAsync());
            return;
        }
        // A note has one answer; leaving a page is what the run wants; anything else is agreed to only where a step expects it.
        var agrees = dialog.Type is "alert" or "beforeunload" || (dialog.Type == "confirm" && _accepted is { } words && (words.Count == 0 || words.Any(w => text.Contains(w, StringComparison.OrdinalIgnoreCase))));
        await Swallow(agrees ? dialog.AcceptAsync() : dialog.DismissAsync());
    }

    private static async Task Swallow(Task task)
    {
        try
        {
            await task;
        }
        catch (PlaywrightException)
        {
            // It was gone already.
        }
    }
}
