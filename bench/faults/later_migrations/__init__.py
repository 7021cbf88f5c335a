"""The product's migrations and, after them, those of the folder FAULTS_MIGRATIONS."""

import os

import guardia.migrations

__path__ = [*guardia.migrations.__path__, os.environ["FAULTS_MIGRATIONS"]]
