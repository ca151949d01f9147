"""moto's server, changed so that it works with the other servers of this machine.

`python -m aws.local start` runs it in an environment of its own, which has moto.
"""

import moto.server

import aws.local.ecr
import aws.local.functions

if __name__ == "__main__":
    aws.local.ecr.install()
    aws.local.functions.install()
    moto.server.main()
