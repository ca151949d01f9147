"""The AWS of this machine, a stand-in for AWS that needs no account: `python -m aws.local`."""
