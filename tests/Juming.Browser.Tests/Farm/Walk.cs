using Juming.Testing.Farm;
using Microsoft.Playwright;

namespace Juming.Browser.Tests.Farm;

/// <summary>
/// A person who knows one console by heart. It is driven by what stands on the page of that console and version; nothing of it is known
/// to the product.
/// </summary>
internal abstract class Walk(FarmConsole console, IPage page)
{
    protected FarmConsole Console => console;

    protected IPage Page => page;

    /// <summary>The word of the running version.</summary>
    protected string T(string first, string second) => console.Version == 2 ? second : first;

    /// <summary>Opens the console and types name and password; what the console says then is not looked at.</summary>
    public abstract Task TypePassword(FarmAccount account, string password);

    /// <summary>Somebody is signed in.</summary>
    public abstract Task<bool> IsInside();

    /// <summary>Text of the page that refuses a sign-in.</summary>
    public virtual Task<string> Refusal() => Page.Locator("body").InnerTextAsync();

    /// <summary>Opens the block list by the menu.</summary>
    public abstract Task OpenList();

    /// <summary>Fills the form and sends it; returns what the console said.</summary>
    public abstract Task<string> Add(string address, string minutes, string comment);

    /// <summary>The text of the address's row, null where there is none.</summary>
    public abstract Task<string?> Row(string address);

    /// <summary>Deletes the row and says yes.</summary>
    public abstract Task Delete(string address);

    /// <summary>Leaves by the console's own button.</summary>
    public abstract Task SignOut();

    /// <summary>The second press, where the console has one; returns what it said.</summary>
    public virtual Task<string> Commit() => Task.FromResult("");

    /// <summary>The button that opens the form can be pressed.</summary>
    public abstract Task<bool> CanAdd();

    /// <summary>From the front page to the inside.</summary>
    public virtual async Task SignIn(FarmAccount account)
    {
        await TypePassword(account, account.Password);
        for (var i = 0; i < 300 && !await IsInside(); i++) await Task.Delay(100);
        if (!await IsInside()) throw new InvalidOperationException($"{console.Name} does not let {account.User} in: {await Refusal()}");
    }

    /// <summary>Takes away what an earlier act left on the page, so that it is not read as the answer to the next.</summary>
    protected Task Forget(string selector) => Page.Locator(selector).EvaluateAllAsync<object?>("all => all.forEach(e => e.remove())");

    public static Walk Of(FarmConsole console, IPage page) => console.Name switch
    {
        "frames" => new FramesWalk(console, page),
        "layer" => new LayerWalk(console, page),
        "spa" => new HashWalk(console, page),
        "rsa" => new RsaWalk(console, page),
        "md5" => new Md5Walk(console, page),
        "slider" => new SliderWalk(console, page),
        "single" => new SingleWalk(console, page),
        "expiry" => new ExpiryWalk(console, page),
        "commit" => new CommitWalk(console, page),
        "paging" => new PagingWalk(console, page),
        "english" => new EnglishWalk(console, page),
        "slow" => new SlowWalk(console, page),
        "oldtls" => new OldTlsWalk(console, page),
        "totp" => new TotpWalk(console, page),
        _ => throw new ArgumentException($"Nobody knows the console {console.Name}."),
    };
}
